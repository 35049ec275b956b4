using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>What a store of candles keeps, whatever its engine.</summary>
public abstract class CandleContract
{
    private static readonly SeriesKey Hours = new("ETH/USD", BarSource.Import, Parse("1h"));
    private static readonly SeriesKey Trades = SeriesKey.OfTrades("ETH/USD", BarSource.Import);

    private protected abstract StoreLab NewLab();

    [Fact]
    public void Bars_are_what_a_dictionary_would_hold_whatever_is_given_twice_or_late()
    {
        Random random = Seed.Random(31, "bars");
        using StoreLab lab = NewLab();
        using CandleStore store = Open(lab);
        RandomBars source = new(random);
        SeriesKey[] keys =
        [
            Hours, Hours with { Source = BarSource.SpotRest }, Hours with { Symbol = "PF_ÖLUSD" },
            Hours with { Timeframe = Parse("1d") },
        ];
        Dictionary<SeriesKey, SortedDictionary<long, BarRow>> expected = keys.ToDictionary(
            key => key, _ => new SortedDictionary<long, BarRow>());
        for (int step = 0; step < Seed.Count(ci: 60, full: 2_000); step++)
        {
            SeriesKey key = keys[random.Next(keys.Length)];
            List<BarRow> batch = [];
            for (int i = random.Next(8); i > 0; i--)
            {
                batch.Add(source.Bar(random.Next(12) * key.Timeframe!.Value.LengthNs, random.Next(2) == 0));
            }

            foreach (BarRow bar in batch)
            {
                bool undoes = expected[key].TryGetValue(bar.OpenTimeNs, out BarRow known)
                    && known.Complete && !bar.Complete;
                if (!undoes) expected[key][bar.OpenTimeNs] = bar;
            }

            Assert.Null(store.Upsert(key, CollectionsMarshal.AsSpan(batch), null, out long written));
            Assert.True(written <= batch.Count);
            Assert.Null(store.Upsert(key, [.. expected[key].Values], null, out written));
            Assert.Equal(0, written);
        }

        foreach (SeriesKey key in keys)
        {
            List<BarRow> rows = [];
            Assert.Null(store.Read(key, long.MinValue, long.MaxValue, rows));
            Assert.Equal(expected[key].Values, rows);
            Assert.Null(store.ReadLast(key, out BarRow? last));
            Assert.Equal(rows[^1], last);
        }

        List<SeriesSpan> spans = [];
        Assert.Null(store.ReadSpans(spans));
        Assert.Equal(keys.Length, spans.Count);
        List<SeriesKey> there = [];
        Assert.Null(store.ReadKeys(there));
        Assert.Equal(spans.Select(span => span.Key), there);
        foreach (SeriesSpan span in spans) Assert.Equal(expected[span.Key].Count, span.Rows);
    }

    [Fact]
    public void A_series_that_is_not_there_has_no_rows_and_is_no_fault()
    {
        using StoreLab lab = NewLab();
        using CandleStore store = Open(lab);
        List<BarRow> rows = [];
        Assert.Null(store.Read(Hours, 0, long.MaxValue, rows));
        Assert.Null(store.ReadLast(Hours, out BarRow? last));
        Assert.Null(store.ReadProgress("nothing", out TaskProgress? progress));
        Assert.Equal((0, null, null), (rows.Count, last, progress));
        Assert.Null(store.CheckWhole());
    }

    [Fact]
    public void Trades_are_there_once_in_their_order_however_batches_overlap()
    {
        Random random = Seed.Random(32, "trades");
        for (int run = 0; run < Seed.Count(ci: 6, full: 200); run++)
        {
            using StoreLab lab = NewLab();
            using CandleStore store = Open(lab);
            List<TradeRow> all = new RandomBars(random).Trades(random.Next(1, 120), numbered: run % 2 == 0);
            // Whole stamps at a time: forward, with steps back, and everything again at the end.
            long[] stamps = [.. all.Select(trade => trade.TimeNs).Distinct()];
            for (int at = 0; at < stamps.Length; at += random.Next(1, 30))
            {
                int from = Math.Max(0, at - random.Next(10));
                int to = Math.Min(stamps.Length, at + 35);
                Give(store, [.. all.Where(trade => trade.TimeNs >= stamps[from] && trade.TimeNs <= stamps[to - 1])]);
            }

            Assert.Equal(0, Give(store, all));
            List<TradeRow> read = [];
            Assert.Null(store.ReadTrades(Trades, long.MinValue, long.MaxValue, batch => read.AddRange(batch)));
            Assert.Equal(all, read);
        }
    }

    [Fact]
    public void Progress_is_kept_with_the_rows_it_counts_or_not_at_all()
    {
        using StoreLab lab = NewLab();
        using CandleStore store = Open(lab);
        BarRow[] bars = [new RandomBars(new Random(1)).Bar(RandomBars.HourNs, complete: true)];
        Assert.Null(store.Upsert(Hours, bars, new TaskProgress("t", 7, "ü"), out _));
        Assert.Null(store.ReadProgress("t", out TaskProgress? progress));
        Assert.Equal(new TaskProgress("t", 7, "ü"), progress);
        // A row that a rule refuses takes the progress with it.
        BarRow[] bad = [bars[0] with { OpenTimeNs = 0, Count = -1 }];
        Assert.NotNull(store.Upsert(Hours, bad, new TaskProgress("t", 8, ""), out _));
        Assert.Null(store.ReadProgress("t", out progress));
        Assert.Equal(7, progress!.Done);
    }

    [Fact]
    public void Gaps_are_detected_repaired_and_proven()
    {
        using StoreLab lab = NewLab();
        using CandleStore store = Open(lab);
        RandomBars source = new(new Random(2));
        int[] hours = [1, 2, 5, 6, 10, 11];
        PutHours(store, source, hours);
        Assert.Null(store.SettleGaps(Hours, "why", out List<BarGap> ledger));
        Assert.Equal([Gap(3, 5, GapState.Detected), Gap(7, 10, GapState.Detected)], ledger);
        PutHours(store, source, [8]);
        Assert.Null(store.ProveGaps(Hours, 3 * RandomBars.HourNs, 4 * RandomBars.HourNs, "proof"));
        Assert.Null(store.SettleGaps(Hours, "why", out ledger));
        BarGap[] expected =
        [
            Gap(3, 4, GapState.Proven) with { Reason = "proof" }, Gap(4, 5, GapState.Detected),
            Gap(7, 8, GapState.Detected), Gap(8, 9, GapState.Repaired) with { Reason = "rows were found" },
            Gap(9, 10, GapState.Detected),
        ];
        Assert.Equal(expected, ledger);
        List<BarGap> read = [];
        Assert.Null(store.ReadGaps(Hours, read));
        Assert.Equal(expected, read);
        // What somebody knows of the time behind the last bar stays until bars are there.
        Assert.Null(store.RecordGap(Hours, 12 * RandomBars.HourNs, 14 * RandomBars.HourNs, "away"));
        Assert.Null(store.SettleGaps(Hours, "why", out ledger));
        Assert.Equal(Gap(12, 14, GapState.Detected) with { Reason = "away" }, ledger[^1]);
        PutHours(store, source, [12, 13]);
        Assert.Null(store.SettleGaps(Hours, "why", out ledger));
        Assert.Equal(GapState.Repaired, ledger[^1].State);
    }

    [Fact]
    public void A_silence_of_trades_is_a_gap_unless_their_numbers_run_on()
    {
        using StoreLab lab = NewLab();
        using CandleStore store = Open(lab);
        TradeRow first = new RandomBars(new Random(3)).Trades(1, numbered: true)[0] with { TradeId = 10 };
        TradeRow[] trades =
        [
            first, first with { TimeNs = first.TimeNs + (3 * RandomBars.HourNs), TradeId = 11 },
            first with { TimeNs = first.TimeNs + (9 * RandomBars.HourNs), TradeId = 20 },
        ];
        Assert.Equal(3, Give(store, [.. trades]));
        Assert.Null(store.SettleSilences(Trades, 2 * RandomBars.HourNs, "quiet", out List<BarGap> ledger));
        Assert.Equal([new BarGap(trades[1].TimeNs, trades[2].TimeNs, GapState.Detected, "quiet")], ledger);
        Assert.Equal(1, Give(store, [first with { TimeNs = trades[1].TimeNs + RandomBars.HourNs, TradeId = 12 }]));
        Assert.Null(store.SettleSilences(Trades, 2 * RandomBars.HourNs, "quiet", out ledger));
        Assert.Equal([GapState.Repaired, GapState.Detected], ledger.Select(gap => gap.State).ToArray());
    }

    [Fact]
    public async Task Two_writers_of_one_series_take_turns_and_lose_nothing()
    {
        using StoreLab lab = NewLab();
        Open(lab).Dispose();
        RandomBars source = new(new Random(4));
        BarRow[] bars = [.. Enumerable.Range(0, 400).Select(i => source.Bar(i * RandomBars.HourNs, complete: true))];
        List<TradeRow> trades = source.Trades(300, numbered: true);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Factory.StartNew(
            () =>
            {
                using CandleStore store = Open(lab);
                for (int i = writer; i < 20; i += 2)
                {
                    Assert.Null(store.Upsert(Hours, bars.AsSpan(i * 20, 20), null, out _));
                    Give(store, trades);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        using CandleStore last = Open(lab);
        List<BarRow> rows = [];
        Assert.Null(last.Read(Hours, 0, long.MaxValue, rows));
        Assert.Equal(bars, rows);
        Assert.Equal((long)trades.Count, lab.Ask("SELECT count(*) FROM trades", candles: true));
    }

    private static Timeframe Parse(string text)
    {
        Assert.True(Timeframe.TryParse(text, out Timeframe timeframe));
        return timeframe;
    }

    private static BarGap Gap(int from, int to, GapState state) =>
        new(from * RandomBars.HourNs, to * RandomBars.HourNs, state, "why");

    private static void PutHours(CandleStore store, RandomBars source, int[] hours)
    {
        BarRow[] bars = [.. hours.Select(hour => source.Bar(hour * RandomBars.HourNs, complete: true))];
        Assert.Null(store.Upsert(Hours, bars, null, out _));
    }

    private static long Give(CandleStore store, List<TradeRow> trades)
    {
        Assert.Null(store.AppendTrades(Trades, CollectionsMarshal.AsSpan(trades), null, out long added));
        return added;
    }

    private static CandleStore Open(StoreLab lab)
    {
        CandleOpening opening = CandleStore.Open(lab.Place, TimeProvider.System);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        return opening.Store!;
    }
}
