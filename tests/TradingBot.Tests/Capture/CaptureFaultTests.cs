using System;
using System.IO;
using System.Text;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class CaptureFaultTests
{
    private const string Good = "{\"recv_ns\":1,\"raw\":\"[0,1]\"}";

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/")]
    [InlineData("")]
    public void A_path_that_cannot_be_opened_is_a_fault(string path)
    {
        using CaptureReader reader = CaptureReader.Open(path);
        Reading reading = CaptureBytes.Read(reader);
        Assert.Equal(CaptureFaultKind.CannotOpen, reading.Fault!.Kind);
        Assert.Equal(path, reading.Fault.FileName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \r\n\t\n")]
    public void No_line_at_all_is_empty(string text) =>
        Assert.Equal(CaptureFaultKind.Empty, CaptureBytes.Read(Encoding.UTF8.GetBytes(text)).Fault!.Kind);

    [Theory]
    [InlineData("hello world\nand more")]
    [InlineData("<html>")]
    [InlineData("{\n  \"channel\": \"instrument\"\n}")]
    [InlineData("time,price\n1,2")]
    [InlineData("1381104000,122.0,122.0,122.0,122.0,0.1,1")]
    [InlineData("{\"some\":\"json\"}\n{\"other\":1}")]
    [InlineData("note one\n{\"channel\":\"heartbeat\"}")]
    public void Other_files_are_not_captures(string text)
    {
        Reading reading = CaptureBytes.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal(CaptureFaultKind.NotACapture, reading.Fault!.Kind);
        Assert.Empty(reading.Frames);
    }

    [Theory]
    [InlineData("{\"recv_ns\":1,\"raw\":\"[0,1]\"")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"[0,1]\"}}")]
    [InlineData("{\"recv_ns\":1,\"raw\":[0,1]}")]
    [InlineData("{\"recv_ns\":1}")]
    [InlineData("{\"recv_ns\":1.5,\"raw\":\"[0,1]\"}")]
    [InlineData("{\"recv_ns\":01,\"raw\":\"[0,1]\"}")]
    [InlineData("{\"recv_ns\":+1,\"raw\":\"[0,1]\"}")]
    [InlineData("{\"recv_ns\":\"1\",\"raw\":\"[0,1]\"}")]
    [InlineData("{\"recv_ns\":99999999999999999999,\"raw\":\"[0,1]\"}")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"[0,1]\",\"raw\":\"[2]\"}")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"\\uD83D\"}")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"\\uDE00\\uD83D\"}")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"\\x\"}")]
    [InlineData("{\"recv_ns\":1,\"raw\":\"a\tb\"}")]
    [InlineData("[0,1]")]
    public void A_bad_envelope_is_a_fault_with_its_line_and_offset(string bad)
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(Good, "", Good, bad, Good));
        Assert.Equal(2, reading.Frames.Count);
        Assert.Equal(CaptureFaultKind.BadLine, reading.Fault!.Kind);
        Assert.Equal((4L, (2L * Good.Length) + 3), (reading.Fault.Line, reading.Fault.Offset));
        Assert.Null(reading.Fault.CompressedOffset);
        Assert.StartsWith("memory, line 4: ", reading.Fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-08-02T04:23:42Z [1]", "2026-08-02T04:23:42+02:00 [1]")]
    [InlineData("2026-08-02T04:23:42Z [1]", "2026-08-02T04:23:42Z x")]
    [InlineData("2026-08-02T04:23:42Z [1]", "[1]")]
    [InlineData("1618678132.8: [1]", "1618678132.8 [1]")]
    [InlineData("1618678132.8: [1]", "99999999999999999: [1]")]
    [InlineData("1618678132.8: [1]", "1618678132.8: ")]
    [InlineData("[1]", "oops")]
    public void A_bad_line_of_the_other_formats_is_a_fault_too(string good, string bad)
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(good, bad));
        Assert.Single(reading.Frames);
        Assert.Equal((CaptureFaultKind.BadLine, 2L), (reading.Fault!.Kind, reading.Fault.Line));
    }

    [Fact]
    public void A_failing_medium_is_a_fault_after_the_frames_before_it()
    {
        using FailingStream stream = new(CaptureBytes.Text("[1]", "[2]"));
        using CaptureReader reader = CaptureReader.Over(stream, "pipe");
        Reading reading = CaptureBytes.Read(reader);
        Assert.Equal(2, reading.Frames.Count);
        Assert.Equal(CaptureFaultKind.ReadFailed, reading.Fault!.Kind);
        Assert.Contains("medium broke", reading.Fault.Message, StringComparison.Ordinal);
    }

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int taken = base.Read(buffer, offset, count);
            return taken > 0 ? taken : throw new IOException("medium broke");
        }
    }
}
