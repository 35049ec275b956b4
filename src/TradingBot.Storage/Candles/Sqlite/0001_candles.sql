-- Market history: candles (bars), public trades, and what is missing of them.
-- Prices and volumes are whole numbers (mantissas) with their decimals beside them, never floating point.
-- Times are Unix nanoseconds.

-- What a row belongs to. Spot, perpetual, downloaded and own rows of one symbol are different series, never mixed.
-- timeframe is as in 15m, 1h, 1d; 'trades' is the series of public trades.
CREATE TABLE series (
    id        INTEGER NOT NULL PRIMARY KEY,
    symbol    TEXT    NOT NULL,
    source    TEXT    NOT NULL CHECK (source IN ('spot-rest', 'perp-rest', 'import', 'own')),
    timeframe TEXT    NOT NULL,
    length_ns INTEGER NOT NULL CHECK (length_ns >= 0),
    UNIQUE (symbol, source, timeframe)
) STRICT;

-- A volume of more than 63 bits has what is above them in volume_high. trades = 0 is an interval without trades: the
-- previous close four times. complete = 0 is an interval that was not proven closed, or not wholly seen.
CREATE TABLE candles (
    series          INTEGER NOT NULL REFERENCES series (id),
    open_time_ns    INTEGER NOT NULL,
    open            INTEGER NOT NULL,
    high            INTEGER NOT NULL,
    low             INTEGER NOT NULL,
    close           INTEGER NOT NULL,
    price_decimals  INTEGER NOT NULL,
    volume          INTEGER NOT NULL CHECK (volume >= 0),
    volume_high     INTEGER NOT NULL,
    volume_decimals INTEGER NOT NULL,
    trades          INTEGER NOT NULL CHECK (trades >= 0),
    complete        INTEGER NOT NULL CHECK (complete IN (0, 1)),
    PRIMARY KEY (series, open_time_ns)
) STRICT, WITHOUT ROWID;

-- Public trades in the order of the venue: sequence counts those of one time stamp. trade_id 0 is "not said".
CREATE TABLE trades (
    series            INTEGER NOT NULL REFERENCES series (id),
    time_ns           INTEGER NOT NULL,
    sequence          INTEGER NOT NULL,
    trade_id          INTEGER NOT NULL,
    price             INTEGER NOT NULL,
    price_decimals    INTEGER NOT NULL,
    quantity          INTEGER NOT NULL,
    quantity_decimals INTEGER NOT NULL,
    side              TEXT    CHECK (side IN ('buy', 'sell')),
    PRIMARY KEY (series, time_ns, sequence)
) STRICT, WITHOUT ROWID;

-- The ledger of gaps: [from_ns, to_ns) lacks rows that its neighbours make one expect. detected: nothing is known of
-- it; repaired: rows were found since; proven: another series shows that nothing was traded in it.
CREATE TABLE gaps (
    series      INTEGER NOT NULL REFERENCES series (id),
    from_ns     INTEGER NOT NULL,
    to_ns       INTEGER NOT NULL CHECK (to_ns > from_ns),
    state       TEXT    NOT NULL CHECK (state IN ('detected', 'repaired', 'proven')),
    reason      TEXT    NOT NULL,
    detected_ns INTEGER NOT NULL,
    settled_ns  INTEGER,
    PRIMARY KEY (series, from_ns)
) STRICT, WITHOUT ROWID;

-- How far a long task came; written in the transaction of the rows it counts.
CREATE TABLE progress (
    task       TEXT    NOT NULL PRIMARY KEY,
    done       INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    changed_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
