-- Exported files in DuckDB: duckdb < docs/examples/duckdb.sql, beside the files made by
--   tradingbot export candles --symbol BTC/USD --timeframe 1d --out btc-1d.parquet
--   tradingbot export trades  --symbol USDT/USD               --out usdt-trades.parquet
-- Prices and volumes are exact decimals, times are UTC.

CREATE OR REPLACE VIEW days AS SELECT * FROM read_parquet('btc-1d.parquet');
CREATE OR REPLACE VIEW prints AS SELECT * FROM read_parquet('usdt-trades.parquet');

-- What is there, and what of it may be believed.
SELECT source, complete, count(*) AS bars, min(open_time) AS first, max(open_time) AS last FROM days GROUP BY ALL;

-- Return and turnover by year, from complete bars alone.
SELECT year(open_time) AS year, round(last(close ORDER BY open_time) / first(open ORDER BY open_time) - 1, 4) AS change,
    sum(volume) AS volume, sum(count) AS trades
FROM days WHERE complete GROUP BY ALL ORDER BY year;

-- The longest silences between two trades.
SELECT time AS until, epoch_ns(time) - epoch_ns(lag(time) OVER (ORDER BY time)) AS silence_ns
FROM prints ORDER BY silence_ns DESC NULLS LAST LIMIT 3;
