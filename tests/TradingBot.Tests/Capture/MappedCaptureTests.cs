using System;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>A mapped file gives what the same bytes give as a stream: the stream reader is its slow twin.</summary>
public sealed class MappedCaptureTests : IDisposable
{
    private const string Heartbeat = """{"channel":"heartbeat"}""";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mapped-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Random_captures_read_the_same_mapped_and_as_a_stream()
    {
        Random random = Seed.Random(20261128, "mapped captures");
        for (int i = 0; i < Seed.Count(60, 2_000); i++)
        {
            byte[] bytes = RandomCapture(random);
            Reading mapped = ReadFile(bytes);
            Reading streamed = CaptureBytes.Read(bytes, CaptureFormat.Raw, Dialect.SpotV2);
            Assert.Equal(streamed.Frames, mapped.Frames);
            Assert.Equal(streamed.Lines, mapped.Lines);
            Assert.Equal(streamed.Fault?.Kind, mapped.Fault?.Kind);
            Assert.Equal(streamed.Fault?.Line, mapped.Fault?.Line);
            Assert.Equal(streamed.Fault?.Offset, mapped.Fault?.Offset);
        }
    }

    [Fact]
    public void Lines_of_every_length_end_where_they_end()
    {
        StringBuilder text = new();
        for (int length = 1; length < 700; length++) text.Append('{').Append('1', length).Append('\n');
        // Ends near the file's own end, where fewer bytes follow than are looked at together.
        for (int length = 260; length > 0; length--) text.Append('[').Append('2', length).Append('\n');
        byte[] bytes = Encoding.ASCII.GetBytes(text.ToString());
        Reading mapped = ReadFile(bytes);
        Assert.Equal(699 + 260, mapped.Frames.Count);
        Assert.Equal(CaptureBytes.Read(bytes, CaptureFormat.Raw, Dialect.SpotV2).Frames, mapped.Frames);
        Assert.Null(mapped.Fault);
    }

    [Fact]
    public void A_plain_file_is_mapped_and_costs_no_decoding()
    {
        File.WriteAllBytes(_path, CaptureBytes.Text(Heartbeat, Heartbeat));
        using CaptureReader reader = CaptureReader.Open(_path, CaptureFormat.Raw, Dialect.SpotV2);
        Assert.Equal(2, CaptureBytes.Read(reader).Frames.Count);
        Assert.Equal(TimeSpan.Zero, reader.DecodingTime);
        Assert.Equal(new FileInfo(_path).Length, reader.CompressedBytesRead);
    }

    [Fact]
    public void A_gzip_file_is_inflated_and_the_time_it_takes_is_told()
    {
        File.WriteAllBytes(_path, CaptureBytes.Gzip(CaptureBytes.Text(Heartbeat, Heartbeat)));
        using CaptureReader reader = CaptureReader.Open(_path, CaptureFormat.Raw, Dialect.SpotV2);
        Assert.Equal(2, CaptureBytes.Read(reader).Frames.Count);
        Assert.NotEqual(TimeSpan.Zero, reader.DecodingTime);
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_where_it_begins()
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(Heartbeat) + 1 + LineReader.LineBytesMax + 1];
        Array.Fill(bytes, (byte)'{');
        Encoding.UTF8.GetBytes(Heartbeat + "\n").CopyTo(bytes, 0);
        Reading reading = ReadFile(bytes);
        Assert.Single(reading.Frames);
        Assert.Equal(CaptureFaultKind.LineTooLong, reading.Fault!.Kind);
        Assert.Equal((2, Heartbeat.Length + 1), (reading.Fault.Line, reading.Fault.Offset));
    }

    [Fact]
    public void An_empty_file_is_a_fault_and_not_an_empty_answer()
    {
        Assert.Equal(CaptureFaultKind.Empty, ReadFile([]).Fault!.Kind);
        Assert.Equal(CaptureFaultKind.Empty, ReadFile("\n\n"u8.ToArray()).Fault!.Kind);
    }

    private Reading ReadFile(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        using CaptureReader reader = CaptureReader.Open(_path, CaptureFormat.Raw, Dialect.SpotV2);
        return CaptureBytes.Read(reader);
    }

    /// <summary>Frames, blank lines, both line ends, a byte order mark, a line that is no frame, no last end.</summary>
    private static byte[] RandomCapture(Random random)
    {
        StringBuilder text = new();
        if (random.Next(4) == 0) text.Append('\uFEFF');
        int lines = random.Next(1, 30);
        for (int i = 0; i < lines; i++)
        {
            text.Append(random.Next(8) switch
            {
                0 => "",
                1 => "  \t",
                2 => "  " + Heartbeat,
                3 when random.Next(10) == 0 => "no frame",
                _ => Heartbeat[..^1] + $",\"n\":\"{new string('x', random.Next(300))}\"}}",
            });
            bool isLast = i == lines - 1;
            if (!isLast || random.Next(2) == 0) text.Append(random.Next(3) == 0 ? "\r\n" : "\n");
        }

        return new UTF8Encoding(false).GetBytes(text.ToString());
    }
}
