-- Market history: candles (bars), public trades, and what is missing of them.
-- Prices and volumes are whole numbers (mantissas) with their decimals beside them, never floating point.
-- Times are Unix nanoseconds.

-- What a row belongs to. Spot, perpetual, downloaded and own rows of one symbol are different series, never mixed.
-- timeframe is as in 15m, 1h, 1d; 'trades' is the series of public trades.
CREATE TABLE series (
    id        bigint  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol    text    NOT NULL,
    source    text    NOT NULL CHECK (source IN ('spot-rest', 'perp-rest', 'import', 'own')),
    timeframe text    NOT NULL,
    length_ns bigint  NOT NULL CHECK (length_ns >= 0),
    UNIQUE (symbol, source, timeframe)
);

-- A volume of more than 63 bits has what is above them in volume_high. trades = 0 is an interval without trades: the
-- previous close four times. complete = 0 is an interval that was not proven closed, or not wholly seen.
CREATE TABLE candles (
    series          bigint  NOT NULL REFERENCES series (id),
    open_time_ns    bigint  NOT NULL,
    open            bigint  NOT NULL,
    high            bigint  NOT NULL,
    low             bigint  NOT NULL,
    close           bigint  NOT NULL,
    price_decimals  bigint  NOT NULL,
    volume          bigint  NOT NULL CHECK (volume >= 0),
    volume_high     bigint  NOT NULL,
    volume_decimals bigint  NOT NULL,
    trades          bigint  NOT NULL CHECK (trades >= 0),
    complete        bigint  NOT NULL CHECK (complete IN (0, 1)),
    PRIMARY KEY (series, open_time_ns)
);

-- Public trades in the order of the venue: sequence counts those of one time stamp. trade_id 0 is "not said".
CREATE TABLE trades (
    series            bigint  NOT NULL REFERENCES series (id),
    time_ns           bigint  NOT NULL,
    sequence          bigint  NOT NULL,
    trade_id          bigint  NOT NULL,
    price             bigint  NOT NULL,
    price_decimals    bigint  NOT NULL,
    quantity          bigint  NOT NULL,
    quantity_decimals bigint  NOT NULL,
    side              text    CHECK (side IN ('buy', 'sell')),
    PRIMARY KEY (series, time_ns, sequence)
);

-- The ledger of gaps: [from_ns, to_ns) lacks rows that its neighbours make one expect. detected: nothing is known of
-- it; repaired: rows were found since; proven: another series shows that nothing was traded in it.
CREATE TABLE gaps (
    series      bigint  NOT NULL REFERENCES series (id),
    from_ns     bigint  NOT NULL,
    to_ns       bigint  NOT NULL CHECK (to_ns > from_ns),
    state       text    NOT NULL CHECK (state IN ('detected', 'repaired', 'proven')),
    reason      text    NOT NULL,
    detected_ns bigint  NOT NULL,
    settled_ns  bigint,
    PRIMARY KEY (series, from_ns)
);

-- How far a long task came; written in the transaction of the rows it counts.
CREATE TABLE progress (
    task       text    NOT NULL PRIMARY KEY,
    done       bigint  NOT NULL,
    note       text    NOT NULL,
    changed_ns bigint  NOT NULL
);
