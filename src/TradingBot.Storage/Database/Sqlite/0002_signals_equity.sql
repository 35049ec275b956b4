-- What a run thought and what it came to. Not of the intent log: what is lost here cannot be rebuilt, and nothing
-- trades on it. Bounded: the oldest rows go. An epoch is a start of the worker.

-- Opinions of strategies, and what the risk gate made of each: approved, or the reason of its refusal.
CREATE TABLE signals (
    epoch          INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    time_ns        INTEGER NOT NULL,
    symbol         TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    side           TEXT    NOT NULL CHECK (side IN ('buy', 'sell')),
    limit_price    INTEGER NOT NULL,
    price_decimals INTEGER NOT NULL,
    strength_ppm   INTEGER NOT NULL,
    decision       TEXT    NOT NULL,
    PRIMARY KEY (epoch, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX signals_by_time ON signals (time_ns);

-- Result of a run since its start, before fees and funding, in 10^-8 of the quote currency.
CREATE TABLE equity (
    epoch      INTEGER NOT NULL,
    time_ns    INTEGER NOT NULL,
    realised   INTEGER NOT NULL,
    unrealised INTEGER NOT NULL,
    positions  INTEGER NOT NULL,
    PRIMARY KEY (epoch, time_ns)
) STRICT, WITHOUT ROWID;

CREATE INDEX equity_by_time ON equity (time_ns);
