-- Rows of the intent log. The log is the truth: all but the mark can be rebuilt from it.
-- Quantities and prices are whole numbers (mantissas) with their decimals beside them, never floating point;
-- NULL is "none" or "not said". Times are Unix nanoseconds. A record is a number of the intent log, from 1.

-- Whose rows these are. Set once, when the database is created.
CREATE TABLE mark (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    mode       TEXT    NOT NULL CHECK (mode IN ('paper', 'live', 'dry-run')),
    account    TEXT    NOT NULL CHECK (length(account) > 0),
    created_ns INTEGER NOT NULL
) STRICT;

-- How far the log is projected: the newest record in the rows, and its checksum, which tells another log.
CREATE TABLE projection (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last_record   INTEGER NOT NULL CHECK (last_record >= 0),
    last_checksum INTEGER NOT NULL,
    opened_ns     INTEGER NOT NULL
) STRICT;

INSERT INTO projection (id, last_record, last_checksum, opened_ns) VALUES (1, 0, 0, 0);

-- A process took the account over.
CREATE TABLE epochs (
    epoch   INTEGER NOT NULL PRIMARY KEY,
    record  INTEGER NOT NULL UNIQUE,
    time_ns INTEGER NOT NULL
) STRICT;

-- What was about to leave for the venue.
CREATE TABLE commands (
    record            INTEGER NOT NULL PRIMARY KEY,
    client_id         TEXT    NOT NULL,
    epoch             INTEGER NOT NULL REFERENCES epochs (epoch),
    intent            INTEGER NOT NULL,
    role              TEXT    NOT NULL,
    command           TEXT    NOT NULL CHECK (command IN ('place', 'amend', 'cancel')),
    symbol            TEXT    NOT NULL,
    type              TEXT,
    side              TEXT    CHECK (side IN ('buy', 'sell')),
    quantity          INTEGER,
    quantity_decimals INTEGER NOT NULL,
    limit_price       INTEGER,
    trigger_price     INTEGER,
    planned_stop      INTEGER,
    price_decimals    INTEGER NOT NULL,
    reduce_only       INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    time_ns           INTEGER NOT NULL
) STRICT;

CREATE INDEX commands_of_order ON commands (client_id);

-- The venue's answers, or that there was none.
CREATE TABLE outcomes (
    record    INTEGER NOT NULL PRIMARY KEY,
    client_id TEXT,
    epoch     INTEGER NOT NULL REFERENCES epochs (epoch),
    command   TEXT,
    outcome   TEXT    NOT NULL CHECK (outcome IN ('accepted', 'refused', 'unknown')),
    reason    TEXT,
    symbol    TEXT,
    time_ns   INTEGER NOT NULL
) STRICT;

CREATE INDEX outcomes_of_order ON outcomes (client_id);

-- Our fills, each once; repeats counts how often the venue told one again.
CREATE TABLE fills (
    record            INTEGER NOT NULL PRIMARY KEY,
    execution         TEXT    NOT NULL UNIQUE,
    client_id         TEXT,
    epoch             INTEGER NOT NULL REFERENCES epochs (epoch),
    symbol            TEXT    NOT NULL,
    side              TEXT    NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity          INTEGER NOT NULL,
    quantity_decimals INTEGER NOT NULL,
    price             INTEGER NOT NULL,
    price_decimals    INTEGER NOT NULL,
    time_ns           INTEGER NOT NULL,
    repeats           INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX fills_of_order ON fills (client_id);
CREATE INDEX fills_of_symbol ON fills (symbol, record);

-- The newest state of every order, as far as the log tells it. asked_record is an amendment without an answer.
CREATE TABLE orders (
    client_id         TEXT    NOT NULL PRIMARY KEY,
    epoch             INTEGER NOT NULL REFERENCES epochs (epoch),
    intent            INTEGER NOT NULL,
    role              TEXT    NOT NULL,
    symbol            TEXT    NOT NULL,
    type              TEXT,
    side              TEXT    CHECK (side IN ('buy', 'sell')),
    reduce_only       INTEGER NOT NULL CHECK (reduce_only IN (0, 1)),
    quantity          INTEGER,
    quantity_decimals INTEGER NOT NULL,
    limit_price       INTEGER,
    trigger_price     INTEGER,
    price_decimals    INTEGER NOT NULL,
    asked_record      INTEGER REFERENCES commands (record),
    filled            INTEGER NOT NULL,
    filled_decimals   INTEGER NOT NULL,
    state             TEXT    NOT NULL
        CHECK (state IN ('sent', 'accepted', 'refused', 'unknown', 'cancelled', 'filled')),
    placed_record     INTEGER NOT NULL UNIQUE REFERENCES commands (record),
    changed_record    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The sum of the fills of each symbol (buys less sells) at the greatest decimals seen.
CREATE TABLE positions (
    symbol            TEXT    NOT NULL PRIMARY KEY,
    quantity          INTEGER NOT NULL,
    quantity_decimals INTEGER NOT NULL,
    fills             INTEGER NOT NULL,
    changed_record    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
