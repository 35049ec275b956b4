using System;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class DialectDetectorTests
{
    [Theory]
    [InlineData("""[0,{"as":[]},"book-10","XBT/USD"]""", Dialect.SpotV1)]
    [InlineData("""{"connectionID":1,"event":"systemStatus","status":"online"}""", Dialect.SpotV1)]
    [InlineData("""{"event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed"}""", Dialect.SpotV1)]
    [InlineData("""{"event":"info","version":1}""", Dialect.FuturesV1)]
    [InlineData("""{"event":"subscribed","feed":"book","product_ids":["PI_XBTUSD"]}""", Dialect.FuturesV1)]
    [InlineData("""{"feed":"heartbeat","time":1}""", Dialect.FuturesV1)]
    [InlineData("""{"channel":"book","data":[{"symbol":"BTC/USD"}]}""", Dialect.SpotV2)]
    [InlineData("""{"channel":"trade","data":[{"symbol":"PF_XBTUSD"}]}""", Dialect.Unified)]
    [InlineData("""{"method":"subscribe","result":{"symbol":"BTC/USD","asset_class":"spot"}}""", Dialect.Unified)]
    public void One_frame_can_tell_the_dialect(string frame, Dialect expected)
    {
        DialectDetector detector = new();
        detector.Observe(Encoding.UTF8.GetBytes(frame));
        Assert.True(detector.IsSure);
        Assert.Equal(expected, detector.Dialect);
    }

    [Theory]
    [InlineData("""{"event":"heartbeat"}""", Dialect.None)]
    [InlineData("""{"event":"pong"}""", Dialect.None)]
    [InlineData("""{"broken":""", Dialect.None)]
    [InlineData("""{"channel":"heartbeat"}""", Dialect.SpotV2)]
    [InlineData("""{"channel":"balances","data":[{"asset":"USD","asset_class":"currency"}]}""", Dialect.SpotV2)]
    public void Other_frames_leave_it_open(string frame, Dialect best)
    {
        DialectDetector detector = new();
        detector.Observe(Encoding.UTF8.GetBytes(frame));
        Assert.False(detector.IsSure);
        Assert.Equal(best, detector.Dialect);
    }

    [Fact]
    public void Frames_looked_at_ahead_are_delivered_once_and_in_order()
    {
        string[] lines = new string[200];
        for (int i = 0; i < lines.Length; i++) lines[i] = "{\"channel\":\"status\",\"n\":" + i + "}";
        lines[40] = """{"method":"subscribe","result":{"asset_class":"derivatives"}}""";
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(lines));
        Assert.Equal(Dialect.Unified, reading.Dialect);
        Assert.Equal(lines, reading.Frames.ConvertAll(frame => frame.Text));
    }

    [Fact]
    public void The_look_ahead_is_bounded_and_then_settles_for_the_best_answer()
    {
        string[] lines = new string[LookAhead.FramesMax + 10];
        Array.Fill(lines, """{"channel":"heartbeat"}""");
        lines[^1] = """{"method":"subscribe","result":{"asset_class":"derivatives"}}""";
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(lines));
        Assert.Equal(Dialect.SpotV2, reading.Dialect);
        Assert.Equal(lines, reading.Frames.ConvertAll(frame => frame.Text));
    }

    [Fact]
    public void A_fault_within_the_look_ahead_comes_after_the_frames_seen()
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text("""{"channel":"heartbeat"}""", "oops"));
        Assert.Equal("""{"channel":"heartbeat"}""", Assert.Single(reading.Frames).Text);
        Assert.Equal((CaptureFaultKind.BadLine, 2L), (reading.Fault!.Kind, reading.Fault.Line));
    }
}
