-- Who owns the account, and until when: one row. Unix ns. Beside it the intent log's file is locked while its process
-- lives; the row is what a process that stood still finds when it wakes.
CREATE TABLE lease (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch      INTEGER NOT NULL,
    owner      TEXT    NOT NULL,
    until_ns   INTEGER NOT NULL,
    renewed_ns INTEGER NOT NULL
) STRICT;
