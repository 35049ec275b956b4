-- Rows of the intent log. The log is the truth: all but the mark can be rebuilt from it.
-- Quantities and prices are whole numbers (mantissas) with their decimals beside them, never floating point;
-- NULL is "none" or "not said". Times are Unix nanoseconds. A record is a number of the intent log, from 1.

-- Whose rows these are. Set once, when the database is created.
CREATE TABLE mark (
    id         bigint  NOT NULL PRIMARY KEY CHECK (id = 1),
    mode       text    NOT NULL CHECK (mode IN ('paper', 'live', 'dry-run')),
    account    text    NOT NULL CHECK (length(account) > 0),
    created_ns bigint  NOT NULL
);

-- How far the log is projected: the newest record in the rows, and its checksum, which tells another log.
CREATE TABLE projection (
    id            bigint  NOT NULL PRIMARY KEY CHECK (id = 1),
    last_record   bigint  NOT NULL CHECK (last_record >= 0),
    last_checksum bigint  NOT NULL,
    opened_ns     bigint  NOT NULL
);

INSERT INTO projection (id, last_record, last_checksum, opened_ns) VALUES (1, 0, 0, 0);

-- A process took the account over.
CREATE TABLE epochs (
    epoch   bigint  NOT NULL PRIMARY KEY,
    record  bigint  NOT NULL UNIQUE,
    time_ns bigint  NOT NULL
);

-- What was about to leave for the venue.
CREATE TABLE commands (
    record            bigint  NOT NULL PRIMARY KEY,
    client_id         text    NOT NULL,
    epoch             bigint  NOT NULL REFERENCES epochs (epoch),
    intent            bigint  NOT NULL,
    role              text    NOT NULL,
    command           text    NOT NULL CHECK (command IN ('place', 'amend', 'cancel')),
    symbol            text    NOT NULL,
    type              text,
    side              text    CHECK (side IN ('buy', 'sell')),
    quantity          bigint,
    quantity_decimals bigint  NOT NULL,
    limit_price       bigint,
    trigger_price     bigint,
    planned_stop      bigint,
    price_decimals    bigint  NOT NULL,
    reduce_only       bigint  NOT NULL CHECK (reduce_only IN (0, 1)),
    time_ns           bigint  NOT NULL
);

CREATE INDEX commands_of_order ON commands (client_id);

-- The venue's answers, or that there was none.
CREATE TABLE outcomes (
    record    bigint  NOT NULL PRIMARY KEY,
    client_id text,
    epoch     bigint  NOT NULL REFERENCES epochs (epoch),
    command   text,
    outcome   text    NOT NULL CHECK (outcome IN ('accepted', 'refused', 'unknown')),
    reason    text,
    symbol    text,
    time_ns   bigint  NOT NULL
);

CREATE INDEX outcomes_of_order ON outcomes (client_id);

-- Our fills, each once; repeats counts how often the venue told one again.
CREATE TABLE fills (
    record            bigint  NOT NULL PRIMARY KEY,
    execution         text    NOT NULL UNIQUE,
    client_id         text,
    epoch             bigint  NOT NULL REFERENCES epochs (epoch),
    symbol            text    NOT NULL,
    side              text    NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity          bigint  NOT NULL,
    quantity_decimals bigint  NOT NULL,
    price             bigint  NOT NULL,
    price_decimals    bigint  NOT NULL,
    time_ns           bigint  NOT NULL,
    repeats           bigint  NOT NULL DEFAULT 0
);

CREATE INDEX fills_of_order ON fills (client_id);
CREATE INDEX fills_of_symbol ON fills (symbol, record);

-- The newest state of every order, as far as the log tells it. asked_record is an amendment without an answer.
CREATE TABLE orders (
    client_id         text    NOT NULL PRIMARY KEY,
    epoch             bigint  NOT NULL REFERENCES epochs (epoch),
    intent            bigint  NOT NULL,
    role              text    NOT NULL,
    symbol            text    NOT NULL,
    type              text,
    side              text    CHECK (side IN ('buy', 'sell')),
    reduce_only       bigint  NOT NULL CHECK (reduce_only IN (0, 1)),
    quantity          bigint,
    quantity_decimals bigint  NOT NULL,
    limit_price       bigint,
    trigger_price     bigint,
    price_decimals    bigint  NOT NULL,
    asked_record      bigint  REFERENCES commands (record),
    filled            bigint  NOT NULL,
    filled_decimals   bigint  NOT NULL,
    state             text    NOT NULL
        CHECK (state IN ('sent', 'accepted', 'refused', 'unknown', 'cancelled', 'filled')),
    placed_record     bigint  NOT NULL UNIQUE REFERENCES commands (record),
    changed_record    bigint  NOT NULL
);

-- The sum of the fills of each symbol (buys less sells) at the greatest decimals seen.
CREATE TABLE positions (
    symbol            text    NOT NULL PRIMARY KEY,
    quantity          bigint  NOT NULL,
    quantity_decimals bigint  NOT NULL,
    fills             bigint  NOT NULL,
    changed_record    bigint  NOT NULL
);
