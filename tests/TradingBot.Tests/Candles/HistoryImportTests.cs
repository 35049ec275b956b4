using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using TradingBot.Market.Bars;
using TradingBot.Market.Values;
using TradingBot.Storage.Candles;
using TradingBot.Storage.Database;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>Downloaded history: read exactly, rebuilt and compared, its holes told.</summary>
public sealed class HistoryImportTests : IDisposable
{
    private const string Xbt = "BTC/USD";
    private const long DayNs = 86_400_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-history").FullName;
    private readonly CandleStore _store;

    public HistoryImportTests()
    {
        CandleOpening opening = CandleStore.Open(
            StorePlace.OfFile(Path.Combine(_folder, "candles.db")), TimeProvider.System);
        Assert.True(opening.Fault is null, opening.Fault?.Text);
        _store = opening.Store!;
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Krakens_hours_rolled_up_are_Krakens_days_on_all_3177_days_that_both_have()
    {
        string folder = Repository.Shared("data", "ohlcv");
        SeriesKey hours = Import(folder, "XBTUSD_60.csv.gz", "1h", 70_253);
        Import(folder, "XBTUSD_1440.csv.gz", "1d", 3_178);
        BarRebuild rebuild = new(_store);
        RebuiltSeries? days = rebuild.FromBars(hours, Parse("1d"));
        Assert.Null(rebuild.Fault);
        BarTieOut result = Assert.Single(days!.TieOuts).Result;
        Assert.Empty(result.Differences);
        Assert.Equal((3_177L, 1L), (result.Equal, result.NotCompared));
        Assert.Equal(0, result.OnlyOwn);
        // An hour that lacks was silent: the day is the same without it. What lacks whole days stays unexplained.
        Assert.Contains(rebuild.Ledger, gap => gap.State == GapState.Proven);
        // Written again, nothing changes.
        Assert.Equal(0, new BarRebuild(_store).FromBars(hours, Parse("1d"))!.Written);
    }

    [Fact]
    public void Recorded_trades_make_the_bars_of_an_oracle_in_decimals_and_the_hole_is_in_the_ledger()
    {
        string path = Repository.Shared("data", "trades", "USDTUSD-trades.csv.gz");
        SeriesKey trades = SeriesKey.OfTrades("USDT/USD", BarSource.Import);
        ImportOutcome outcome = Run(path, trades);
        Assert.Equal((41_133L, 0L, 2L), (outcome.Written, outcome.BadLines, outcome.Rounded));
        Timeframe[] timeframes = [Parse("1m"), Parse("15m"), Parse("1h"), Parse("1d")];
        BarRebuild rebuild = new(_store);
        List<RebuiltSeries>? built = rebuild.FromTrades(trades, timeframes, DayNs, null, CancellationToken.None);
        Assert.Null(rebuild.Fault);
        Assert.Equal(41_133, rebuild.Read);
        BarGap hole = Assert.Single(rebuild.Ledger);
        Assert.Equal(52.8, (hole.ToNs - hole.FromNs) / 3.6e12, 0.05);
        Assert.Equal(GapState.Detected, hole.State);
        foreach (RebuiltSeries series in built!) AssertOracle(path, series.Key);
        // The day in which the silence began and the one in which it ended were not wholly seen.
        List<BarRow> days = [];
        Assert.Null(_store.Read(built[^1].Key, long.MinValue, long.MaxValue, days));
        foreach (long edgeNs in (long[])[hole.FromNs, hole.ToNs])
        {
            Assert.False(days.Single(day => edgeNs >= day.OpenTimeNs && edgeNs < day.OpenTimeNs + DayNs).Complete);
        }

        Assert.Contains(days, day => day.Complete);
    }

    [Fact]
    public void A_folder_an_archive_and_a_plain_file_give_the_same_rows_and_only_the_symbols()
    {
        string text = "1600000020,1.5,2,1,1.25,10.5,3\n1600000080,1.25,1.25,1.25,1.25,0.1,1\n";
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        File.WriteAllText(Path.Combine(_folder, "in", "XBTUSD_1.csv"), text);
        File.WriteAllText(Path.Combine(_folder, "in", "XBTUSDT_1.csv"), text);
        File.WriteAllText(Path.Combine(_folder, "in", "XBTUSD.csv"), "1600000000,1,1\n");
        ZipFile.CreateFromDirectory(Path.Combine(_folder, "in"), Path.Combine(_folder, "all.zip"));
        foreach (string name in new[] { "in", "all.zip", "in/XBTUSD_1.csv" })
        {
            HistoryFile file = Assert.Single(HistoryFiles.Find(Path.Combine(_folder, name), Xbt, withMinutes: true));
            Assert.Equal(1, file.Minutes);
            SeriesKey key = new(Xbt + name, BarSource.Import, Parse("1m"));
            ImportOutcome outcome = new OhlcvtImport(_store, file, key).Run(null, CancellationToken.None);
            Assert.Equal((2L, 2L, 0L), (outcome.Lines, outcome.Written, outcome.BadLines));
            List<BarRow> rows = [];
            Assert.Null(_store.Read(key, 0, long.MaxValue, rows));
            Assert.Equal([true, false], rows.Select(row => row.Complete));
            Assert.Equal((150L, 200L, 100L, 125L, (byte)2), (
                rows[0].Open, rows[0].High, rows[0].Low, rows[0].Close, rows[0].PriceDecimals));
        }

        Assert.Equal("XBTUSD.csv", Path.GetFileName(
            Assert.Single(HistoryFiles.Find(Path.Combine(_folder, "all.zip"), Xbt, withMinutes: false)).Name));
    }

    [Fact]
    public void The_last_row_is_open_until_a_longer_file_shows_the_next_one()
    {
        const string Row = "1600000020,1,1,1,1,1,1\n";
        SeriesKey key = Given("XBTUSD_1.csv", Row, "1m", out _);
        Assert.Null(_store.ReadLast(key, out BarRow? last));
        Assert.False(last!.Value.Complete);
        Given("XBTUSD_1.csv", Row + "1600000080,1,1,1,1,1,1\n", "1m", out _);
        List<BarRow> rows = [];
        Assert.Null(_store.Read(key, 0, long.MaxValue, rows));
        Assert.Equal([true, false], rows.Select(row => row.Complete));
        // The older file again takes nothing back.
        Given("XBTUSD_1.csv", Row, "1m", out ImportOutcome outcome);
        Assert.Equal(0, outcome.Written);
    }

    [Theory]
    [InlineData("1600000020,1,2,1,1,1", "not time,open")]
    [InlineData("1600000020,1,2,1,0,1,1", "not time,open")]
    [InlineData("1600000020,1,2,1,-1,1,1", "not time,open")]
    [InlineData("1600000020,1,0.5,0.1,1,1,1", "high is below")]
    [InlineData("1600000021,1,1,1,1,1,1", "begins no interval of 1m")]
    [InlineData("1500000000,1,1,1,1,1,1", "not after the line before")]
    [InlineData("x,1,1,1,1,1,1", "not time,open")]
    public void A_bad_line_is_told_with_its_number_and_left_out(string line, string words)
    {
        string text = $"1599999960,1,1,1,1,1,1\n{line}\n1600000140,1,1,1,1,1,1\n";
        Given("XBTUSD_1.csv", text, "1m", out ImportOutcome outcome);
        Assert.Equal((2L, 1L), (outcome.Written, outcome.BadLines));
        Assert.Contains("line 2", Assert.Single(outcome.Quoted), StringComparison.Ordinal);
        Assert.Contains(words, outcome.Quoted[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_archive_gives_what_came_before_and_says_so()
    {
        StringBuilder text = new();
        for (int i = 0; i < 20_000; i++)
        {
            int price = 1_000 + (i * 7919 % 997);
            text.Append(CultureInfo.InvariantCulture, $"{1_600_000_000 + i},{price},0.{1 + (i % 8)}\n");
        }

        string path = Path.Combine(_folder, "XBTUSD.csv.gz");
        using (GZipStream gzip = new(File.Create(path), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes(text.ToString()));
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        SeriesKey key = SeriesKey.OfTrades(Xbt, BarSource.Import);
        ImportOutcome cut = Run(path, key);
        Assert.Contains("cut off", cut.FileFault, StringComparison.Ordinal);
        Assert.InRange(cut.Written, 1, 19_999);
        File.WriteAllBytes(path, bytes);
        ImportOutcome whole = Run(path, key);
        Assert.Null(whole.FileFault);
        Assert.Equal(20_000, cut.Written + whole.Written);
    }

    private static void AssertEqual(decimal expected, Int128 mantissa, int decimals) =>
        Assert.Equal(expected, decimal.Parse(DecimalText.Of(mantissa, decimals), CultureInfo.InvariantCulture));

    /// <summary>Bars as anyone would write them down: a dictionary of decimals.</summary>
    private void AssertOracle(string path, SeriesKey key)
    {
        SortedDictionary<long, (decimal O, decimal H, decimal L, decimal C, decimal V, long N)> bars = [];
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            const NumberStyles Styles = NumberStyles.Float;
            decimal time = decimal.Parse(cells[0], Styles, CultureInfo.InvariantCulture);
            decimal price = decimal.Parse(cells[1], Styles, CultureInfo.InvariantCulture);
            decimal volume = Math.Round(decimal.Parse(cells[2], Styles, CultureInfo.InvariantCulture), 8);
            long seconds = key.Timeframe!.Value.LengthNs / 1_000_000_000;
            long open = (long)Math.Floor(time) / seconds * seconds;
            bars[open] = bars.TryGetValue(open, out var bar)
                ? (bar.O, Math.Max(bar.H, price), Math.Min(bar.L, price), price, bar.V + volume, bar.N + 1)
                : (price, price, price, price, volume, 1);
        }

        List<BarRow> rows = [];
        Assert.Null(_store.Read(key, long.MinValue, long.MaxValue, rows));
        Assert.Equal(bars.Keys, rows.Select(row => row.OpenTimeNs / 1_000_000_000));
        foreach ((BarRow row, var bar) in rows.Zip(bars.Values))
        {
            AssertEqual(bar.O, row.Open, row.PriceDecimals);
            AssertEqual(bar.H, row.High, row.PriceDecimals);
            AssertEqual(bar.L, row.Low, row.PriceDecimals);
            AssertEqual(bar.C, row.Close, row.PriceDecimals);
            AssertEqual(bar.V, row.Volume, row.VolumeDecimals);
            Assert.Equal(bar.N, row.Count);
        }
    }

    private SeriesKey Import(string folder, string name, string timeframe, long rows)
    {
        SeriesKey key = new(Xbt, BarSource.Import, Parse(timeframe));
        HistoryFile file = Assert.Single(HistoryFiles.Find(Path.Combine(folder, name), Xbt, withMinutes: true));
        ImportOutcome outcome = new OhlcvtImport(_store, file, key).Run(null, CancellationToken.None);
        Assert.Equal((rows, rows, 0L), (outcome.Lines, outcome.Written, outcome.BadLines));
        return key;
    }

    private SeriesKey Given(string name, string text, string timeframe, out ImportOutcome outcome)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        SeriesKey key = new(Xbt, BarSource.Import, Parse(timeframe));
        HistoryFile file = Assert.Single(HistoryFiles.Find(path, Xbt, withMinutes: true));
        outcome = new OhlcvtImport(_store, file, key).Run(null, CancellationToken.None);
        return key;
    }

    private ImportOutcome Run(string path, SeriesKey key)
    {
        HistoryFile file = Assert.Single(HistoryFiles.Find(path, key.Symbol, withMinutes: false));
        return new TradesImport(_store, file, key).Run(null, CancellationToken.None);
    }

    private static Timeframe Parse(string text)
    {
        Assert.True(Timeframe.TryParse(text, out Timeframe timeframe));
        return timeframe;
    }
}
