using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Real captures beside the checkout: formats, dialects and counts of frames.</summary>
public sealed class SharedCaptureTests
{
    [Theory]
    [InlineData("spot-ws-v2/v2_crossbook_ethusd_sample.jsonl.gz", Dialect.SpotV2, CaptureFormat.Envelope, 1_170)]
    [InlineData("spot-ws-v2/v2_crossbook_btcusd_l2.jsonl.gz", Dialect.SpotV2, CaptureFormat.Envelope, 377)]
    [InlineData(
        "spot-ws-v2/v2_python_kraken_sdk_btcusd_reserialised.jsonl.gz", Dialect.SpotV2, CaptureFormat.Envelope, 510)]
    [InlineData("spot-ws-v2/rust_orderbook_feed_btcusd.jsonl", Dialect.SpotV2, CaptureFormat.Raw, 11)]
    [InlineData("spot-ws-v2/status_2026-09.jsonl", Dialect.SpotV2, CaptureFormat.Raw, 2)]
    [InlineData("spot-ws-v1/v1_cryptofeed_KRAKEN.ws.48.0.jsonl.gz", Dialect.SpotV1, CaptureFormat.Envelope, 49)]
    [InlineData("spot-ws-v1/v1_cryptofeed_KRAKEN.ws.49.0.jsonl.gz", Dialect.SpotV1, CaptureFormat.Envelope, 60)]
    [InlineData("spot-ws-v1/v1_cryptofeed_KRAKEN.ws.50.0.jsonl.gz", Dialect.SpotV1, CaptureFormat.Envelope, 4_321)]
    [InlineData("spot-ws-v1/v1_python_kraken_sdk_xbtusd.jsonl.gz", Dialect.SpotV1, CaptureFormat.Envelope, 1_150)]
    [InlineData(
        "futures-ws/fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz", Dialect.FuturesV1, CaptureFormat.Envelope, 7_175)]
    [InlineData("futures-ws/pf_xbtusd_2026-09-25.jsonl", Dialect.FuturesV1, CaptureFormat.Raw, 9)]
    public void Real_captures_are_recognised_and_read_whole(
        string file, Dialect dialect, CaptureFormat format, int frames)
    {
        using CaptureReader reader = CaptureReader.Open(Repository.Shared("data", file));
        Assert.Equal((dialect, format), (reader.Dialect, reader.Format));
        Reading reading = CaptureBytes.Read(reader);
        Assert.Null(reading.Fault);
        Assert.Equal(frames, reading.Frames.Count);
        Assert.Equal(reader.CompressedBytesTotal, reader.CompressedBytesRead);
    }

    [Theory]
    [InlineData("spot-ws-v2/instrument_snapshot.json.gz", "several lines")]
    [InlineData("ohlcv/XBTUSD_1440.csv.gz", "does not look like")]
    [InlineData("trades/USDTUSD-trades.csv.gz", "does not look like")]
    public void Other_files_beside_them_are_told_apart(string file, string message)
    {
        using CaptureReader reader = CaptureReader.Open(Repository.Shared("data", file));
        Reading reading = CaptureBytes.Read(reader);
        Assert.Equal(CaptureFaultKind.NotACapture, reading.Fault!.Kind);
        Assert.Contains(message, reading.Fault.Message, System.StringComparison.Ordinal);
    }
}
