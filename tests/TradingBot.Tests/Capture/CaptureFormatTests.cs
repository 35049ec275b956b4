using System;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class CaptureFormatTests
{
    private const string Ack =
        """{"method":"subscribe","result":{"channel":"book","symbol":"BTC/USD"},"success":true}""";

    private const string Beat = """{"channel":"heartbeat"}""";

    private static string Envelope(string frame, string time) =>
        "{\"recv_ns\":" + time + ",\"raw\":\"" + frame.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}";

    [Fact]
    public void Envelope_gives_frame_and_receive_time()
    {
        byte[] file = CaptureBytes.Text(Envelope(Ack, "1785644622178672600"), Envelope(Beat, "null"));
        Reading reading = CaptureBytes.Read(file);
        Assert.Null(reading.Fault);
        Assert.Equal(CaptureFormat.Envelope, reading.Format);
        Assert.Equal([new FrameCopy(Ack, 1_785_644_622_178_672_600), new FrameCopy(Beat, null)], reading.Frames);
    }

    [Theory]
    [InlineData("""{"raw":"[1,\"x\"]","recv_ns":7}""", 7L)]
    [InlineData("""{ "note":{"raw":"no"}, "raw" : "[1,\"x\"]" , "recv_ns" : -7 , "z":[1,2] }""", -7L)]
    [InlineData("""{"raw":"[1,\"x\"]"}""", null)]
    [InlineData("""{"recv_ns":0,"raw":"[1,\"x\"]"}""", 0L)]
    [InlineData("""{"recv_ns":7,"raw":"[1,\"x\"]"} """, 7L)]
    [InlineData("""{"recv_ns":7,"raw":"[1,\u0022\u0078\"]","conn":3}""", 7L)]
    public void Envelope_keys_come_in_any_order_and_others_are_tolerated(string line, long? time)
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(line));
        Assert.Null(reading.Fault);
        Assert.Equal([new FrameCopy("[1,\"x\"]", time)], reading.Frames);
    }

    [Fact]
    public void Escapes_are_undone_including_surrogate_pairs()
    {
        string line = """{"recv_ns":1,"raw":"[\"\\ \/ \b\f\n\r\t \u20ac \uD83D\ude00 é\"]"}""";
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(line));
        Assert.Equal("[\"\\ / \b\f\n\r\t € 😀 é\"]", Assert.Single(reading.Frames).Text);
    }

    [Fact]
    public void Raw_frames_have_no_receive_time()
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(Ack, Beat, "[0,1]"));
        Assert.Null(reading.Fault);
        Assert.Equal(CaptureFormat.Raw, reading.Format);
        Assert.Equal([new(Ack, null), new(Beat, null), new("[0,1]", null)], reading.Frames);
    }

    [Fact]
    public void Rfc3339_stamps_are_read_to_the_nanosecond()
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(
            "2026-08-02T04:23:42.1786726Z " + Ack, "2026-08-02T04:23:43Z  " + Beat));
        Assert.Null(reading.Fault);
        Assert.Equal(CaptureFormat.Rfc3339Stamped, reading.Format);
        Assert.Equal(
            [new(Ack, 1_785_644_622_178_672_600), new FrameCopy(Beat, 1_785_644_623_000_000_000)], reading.Frames);
    }

    [Fact]
    public void Seconds_stamps_are_read_and_notes_are_counted()
    {
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(
            "configuration: {\"KRAKEN\":1}",
            "wss://ws.kraken.com <-> 1618678132.8",
            "1618678132.8314: {\"event\":\"systemStatus\"}",
            "<- 1618678132.9: {\"event\":\"subscribe\"}",
            "-> x",
            "<-> y",
            "http://example.org -> 1.0: {}",
            "1618678133: [0,{},\"trade\",\"XBT/USD\"]",
            "1618678133.1234567899: [1]"));
        Assert.Null(reading.Fault);
        Assert.Equal(CaptureFormat.SecondsStamped, reading.Format);
        Assert.Equal(6, reading.Skipped);
        Assert.Equal(Dialect.SpotV1, reading.Dialect);
        Assert.Equal(
            [
                new("{\"event\":\"systemStatus\"}", 1_618_678_132_831_400_000),
                new("[0,{},\"trade\",\"XBT/USD\"]", 1_618_678_133_000_000_000),
                new FrameCopy("[1]", 1_618_678_133_123_456_789),
            ],
            reading.Frames);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Blank_lines_any_line_end_and_a_missing_last_one_make_no_difference(string end)
    {
        byte[] file = Encoding.UTF8.GetBytes("\uFEFF" + end + Ack + end + " \t" + end + end + Beat);
        Reading reading = CaptureBytes.Read(file);
        Assert.Null(reading.Fault);
        Assert.Equal([new(Ack, null), new FrameCopy(Beat, null)], reading.Frames);
        Assert.Equal(5, reading.Lines);
    }

    [Fact]
    public void A_named_format_and_dialect_are_not_second_guessed()
    {
        string odd = "{\"raw\":\"{}\"}";
        Reading reading = CaptureBytes.Read(CaptureBytes.Text(odd), CaptureFormat.Raw, Dialect.FuturesV1);
        Assert.Equal(odd, Assert.Single(reading.Frames).Text);
        Assert.Equal((CaptureFormat.Raw, Dialect.FuturesV1), (reading.Format, reading.Dialect));
    }

    [Fact]
    public void Long_lines_pass_whole_and_lines_beyond_the_limit_are_a_fault()
    {
        string longest = "[\"" + new string('x', LineReader.LineBytesMax - 4) + "\"]";
        Reading reading = CaptureBytes.Read(CaptureBytes.Text("[1]", longest, "[2]"));
        Assert.Null(reading.Fault);
        Assert.Equal(["[1]", longest, "[2]"], reading.Frames.ConvertAll(frame => frame.Text));

        reading = CaptureBytes.Read(CaptureBytes.Text("[1]", longest + " ", "[2]"));
        Assert.Equal("[1]", Assert.Single(reading.Frames).Text);
        Assert.Equal(CaptureFaultKind.LineTooLong, reading.Fault!.Kind);
        Assert.Equal((2L, 4L), (reading.Fault.Line, reading.Fault.Offset));
    }

    [Fact]
    public void A_file_is_read_by_path_and_tells_its_progress()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] file = CaptureBytes.Gzip(CaptureBytes.Text(Ack, Beat));
            File.WriteAllBytes(path, file);
            using CaptureReader reader = CaptureReader.Open(path);
            Assert.Equal(file.Length, reader.CompressedBytesTotal);
            Assert.Equal(2, CaptureBytes.Read(reader).Frames.Count);
            Assert.Equal(file.Length, reader.CompressedBytesRead);
            Assert.Equal((2L, 2L), (reader.Lines, reader.CurrentLine));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Reading_allocates_nothing_per_frame()
    {
        string[] lines = new string[20_000];
        Array.Fill(lines, Envelope(Ack, "1785644622178672600"));
        using MemoryStream file = new(CaptureBytes.Gzip(CaptureBytes.Text(lines)));
        using CaptureReader reader = CaptureReader.Over(file, "memory");
        for (int i = 0; i < 10_000; i++) Assert.Equal(CaptureReadResult.Frame, reader.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int frames = 0;
        // Short of the end: there the inflater allocates, once a file.
        while (frames < 9_900 && reader.TryRead(out _) == CaptureReadResult.Frame) frames++;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(9_900, frames);
        Assert.Equal(0, allocated);
    }
}
