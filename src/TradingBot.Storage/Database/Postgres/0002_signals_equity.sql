-- What a run thought and what it came to. Not of the intent log: what is lost here cannot be rebuilt, and nothing
-- trades on it. Bounded: the oldest rows go. An epoch is a start of the worker.

-- Opinions of strategies, and what the risk gate made of each: approved, or the reason of its refusal.
CREATE TABLE signals (
    epoch          bigint  NOT NULL,
    number         bigint  NOT NULL,
    time_ns        bigint  NOT NULL,
    symbol         text    NOT NULL,
    kind           text    NOT NULL,
    side           text    NOT NULL CHECK (side IN ('buy', 'sell')),
    limit_price    bigint  NOT NULL,
    price_decimals bigint  NOT NULL,
    strength_ppm   bigint  NOT NULL,
    decision       text    NOT NULL,
    PRIMARY KEY (epoch, number)
);

CREATE INDEX signals_by_time ON signals (time_ns);

-- Result of a run since its start, before fees and funding, in 10^-8 of the quote currency.
CREATE TABLE equity (
    epoch      bigint  NOT NULL,
    time_ns    bigint  NOT NULL,
    realised   bigint  NOT NULL,
    unrealised bigint  NOT NULL,
    positions  bigint  NOT NULL,
    PRIMARY KEY (epoch, time_ns)
);

CREATE INDEX equity_by_time ON equity (time_ns);
