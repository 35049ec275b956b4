using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Bars;
using TradingBot.Storage.Candles;
using TradingBot.Tests.Database;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Candles;

/// <summary>Own captures become trades and bars; JSON read the obvious way is the slow twin.</summary>
public sealed class CaptureImportTests : IDisposable
{
    private static readonly SeriesKey Key = SeriesKey.OfTrades("BTC/USD", BarSource.Own);

    private static readonly string Demo = Repository.TestData("captures", "demo-spot-v2.jsonl.gz");

    private readonly SqliteLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task The_trades_of_a_capture_are_kept_once_and_rebuilt_into_bars()
    {
        List<(long Id, decimal Price, decimal Quantity)> expected = TradesOf(Demo, "BTC/USD");
        Assert.True(expected.Count > 100, $"{expected.Count} trades");
        string db = _lab.Place.File!;
        (int code, string output, string error) = await Verb.RunAsync(
            "import", "capture", Demo, "--symbol", "BTC/USD", "--db", db, "--json");
        Assert.True(code == 0, error);
        using (JsonDocument json = JsonDocument.Parse(output))
        {
            JsonElement file = json.RootElement.GetProperty("files")[0];
            Assert.Equal("own", file.GetProperty("source").GetString());
            Assert.Equal(expected.Count, file.GetProperty("written").GetInt64());
        }

        Assert.Equal(
            expected,
            Trades().Select(trade => (
                trade.TradeId, Plain(trade.Price, trade.PriceDecimals),
                Plain(trade.Quantity, trade.QuantityDecimals))));
        (code, output, error) = await Verb.RunAsync("import", "capture", Demo, "--symbol", "BTC/USD", "--db", db);
        Assert.True(code == 0, error);
        Assert.Contains(" 0 rows written", output, StringComparison.Ordinal);

        (code, _, error) = await Verb.RunAsync(
            "rebuild", "--symbol", "BTC/USD", "--source", "own", "--timeframe", "1m", "--db", db);
        Assert.True(code == 0, error);
        List<BarRow> bars = [];
        using CandleStore store = CandleStore.Open(_lab.Place, TimeProvider.System).Store!;
        Assert.True(Timeframe.TryParse("1m", out Timeframe minute));
        Assert.Null(store.Read(new SeriesKey("BTC/USD", BarSource.Own, minute), 0, long.MaxValue, bars));
        Assert.Equal(expected.Count, bars.Sum(bar => bar.Count));
        Assert.Equal(
            expected.Sum(trade => trade.Quantity),
            bars.Sum(bar => Plain((long)bar.Volume, bar.VolumeDecimals)));
    }

    [Fact]
    public void A_time_in_which_the_feed_was_away_is_in_the_ledger_unless_the_numbers_run_on()
    {
        string path = Path.Combine(_lab.Folder, "capture.jsonl");
        File.WriteAllLines(path, [
            Frame(1, Trade(1, "00"), Trade(2, "01")), Gap(2, ""), Frame(3, Trade(3, "02")),
            Gap(4, "ETH/USD"), Frame(5, Trade(8, "03")), Gap(6, "BTC/USD"), Frame(7, Trade(9, "10"), Trade(12, "20")),
            Gap(8, ""), Frame(9, Trade(15, "30")),
        ]);
        using CandleStore store = CandleStore.Open(_lab.Place, TimeProvider.System).Store!;
        for (int round = 0; round < 2; round++)
        {
            ImportOutcome outcome = new CaptureImport(store, path, Key).Run(null, CancellationToken.None);
            Assert.Null(outcome.Fault);
            Assert.Null(outcome.FileFault);
            Assert.Equal(round == 0 ? 7 : 0, outcome.Written);
            List<BarGap> gaps = [];
            Assert.Null(store.ReadGaps(Key, gaps));
            BarGap gap = Assert.Single(gaps);
            Assert.Equal(GapState.Detected, gap.State);
            Assert.Equal("the feed that was captured was away", gap.Reason);
            Assert.Equal((Second(20) + 1, Second(30)), (gap.FromNs, gap.ToNs));
        }
    }

    [Fact]
    public async Task What_is_no_capture_or_not_there_is_told()
    {
        string db = _lab.Place.File!;
        (int code, _, string error) =
            await Verb.RunAsync("import", "capture", "/nowhere/x", "--symbol", "BTC/USD", "--db", db);
        Assert.Equal(2, code);
        Assert.Contains("/nowhere/x is not there", error, StringComparison.Ordinal);
        string path = Path.Combine(_lab.Folder, "notes.txt");
        await File.WriteAllTextAsync(path, "no frames\n", TestContext.Current.CancellationToken);
        (code, _, error) = await Verb.RunAsync("import", "capture", path, "--symbol", "BTC/USD", "--db", db);
        Assert.Equal(5, code);
        Assert.Contains(path, error, StringComparison.Ordinal);
    }

    private List<TradeRow> Trades()
    {
        using CandleStore store = CandleStore.Open(_lab.Place, TimeProvider.System).Store!;
        List<TradeRow> trades = [];
        Assert.Null(store.ReadTrades(Key, long.MinValue, long.MaxValue, batch => trades.AddRange(batch)));
        return trades;
    }

    private static decimal Plain(long mantissa, int decimals)
    {
        decimal number = mantissa;
        for (int i = 0; i < decimals; i++) number /= 10;
        return number;
    }

    private static List<(long Id, decimal Price, decimal Quantity)> TradesOf(string path, string symbol)
    {
        SortedDictionary<long, (long, decimal, decimal)> trades = [];
        using StreamReader lines = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            using JsonDocument envelope = JsonDocument.Parse(line);
            using JsonDocument frame = JsonDocument.Parse(envelope.RootElement.GetProperty("raw").GetString()!);
            bool isTrades = frame.RootElement.TryGetProperty("channel", out JsonElement channel)
                && channel.GetString() == "trade";
            if (!isTrades) continue;
            foreach (JsonElement one in frame.RootElement.GetProperty("data").EnumerateArray())
            {
                if (one.GetProperty("symbol").GetString() != symbol) continue;
                long id = one.GetProperty("trade_id").GetInt64();
                trades[id] = (id, one.GetProperty("price").GetDecimal(), one.GetProperty("qty").GetDecimal());
            }
        }

        return [.. trades.Values];
    }

    private static long Second(int second) =>
        (new DateTimeOffset(2026, 1, 1, 0, 0, second, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static string Trade(long id, string second) =>
        "{\"symbol\":\"BTC/USD\",\"side\":\"buy\",\"price\":10.5,\"qty\":0.25,\"ord_type\":\"limit\","
        + $"\"trade_id\":{id},\"timestamp\":\"2026-01-01T00:00:{second}.000000Z\"}}";

    private static string Frame(int number, params string[] trades) => Line(
        number, "{\"channel\":\"trade\",\"type\":\"update\",\"data\":[" + string.Join(',', trades) + "]}", "");

    private static string Gap(int number, string symbol) => Line(number, symbol, ",\"kind\":\"gap\"");

    private static string Line(int number, string raw, string more) =>
        $"{{\"recv_ns\":{1_767_225_600_000_000_000 + number},\"raw\":{JsonSerializer.Serialize(raw)},"
        + $"\"dialect\":\"spot-v2\"{more}}}";
}
