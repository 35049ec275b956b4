#!/usr/bin/env python3
"""Exported candles in pandas: python3 candles_pandas.py btc-1d.csv.gz

The file comes from: tradingbot export candles --symbol BTC/USD --timeframe 1d --out btc-1d.csv.gz
Needs pandas alone (Debian: apt-get install python3-pandas).
"""
import sys
from decimal import Decimal

import pandas

path = sys.argv[1]
# Exact numbers stay exact as Decimal; for statistics floats will do.
exact = pandas.read_csv(path, dtype=str, nrows=5)
print("the first close, exactly:", Decimal(exact["close"][0]))

days = pandas.read_csv(path, parse_dates=["open_time"], index_col="open_time")
whole = days[days["complete"]]
print(f"{len(days)} bars, {len(whole)} of them complete, from {days.index[0]} to {days.index[-1]}")

returns = whole["close"].pct_change()
yearly = pandas.DataFrame({
    "close": whole["close"].resample("Y").last(),
    "volume": whole["volume"].resample("Y").sum(),
    "volatility": returns.resample("Y").std() * 365 ** 0.5,
})
print(yearly.round(3))
