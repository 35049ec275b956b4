-- Who owns the account, and until when: one row. Unix ns. Beside it the owner's session holds an advisory lock of the
-- schema; the row is what a process that stood still, or lost its session, finds.
CREATE TABLE lease (
    id         bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch      bigint NOT NULL,
    owner      text   NOT NULL,
    until_ns   bigint NOT NULL,
    renewed_ns bigint NOT NULL
);
