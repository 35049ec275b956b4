using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class CaptureGzipTests
{
    private static string[] Frames(int count)
    {
        Random random = Seed.Random(11, "gzip frames");
        string[] lines = new string[count];
        for (int i = 0; i < count; i++)
        {
            lines[i] = FormattableString.Invariant(
                $"{{\"channel\":\"book\",\"data\":[{{\"symbol\":\"BTC/USD\",\"checksum\":{random.Next()}}}]}}");
        }

        return lines;
    }

    private static byte[] Members(params byte[][] parts)
    {
        using MemoryStream file = new();
        foreach (byte[] part in parts) file.Write(CaptureBytes.Gzip(part));
        return file.ToArray();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(4_096)]
    public void Members_are_read_through_however_the_reads_are_cut(int bytesPerRead)
    {
        string[] lines = Frames(400);
        byte[] text = CaptureBytes.Text(lines);
        byte[] file = Members(text[..1_000], text[1_000..1_001], [], text[1_001..9_000], text[9_000..]);
        foreach (byte[] variant in new[] { text, CaptureBytes.Gzip(text), file })
        {
            Reading reading = CaptureBytes.Read(variant, bytesPerRead: bytesPerRead);
            Assert.Null(reading.Fault);
            Assert.Equal(lines, reading.Frames.ConvertAll(frame => frame.Text));
        }
    }

    [Fact]
    public void Members_may_begin_anywhere_relative_to_the_read_buffers()
    {
        // Members of a few hundred bytes: their ends fall on every offset of the 8 KiB the inflater reads at once.
        string[] lines = Frames(3_000);
        List<byte[]> parts = [];
        foreach (string line in lines) parts.Add(Encoding.UTF8.GetBytes(line + "\n"));
        Reading reading = CaptureBytes.Read(Members([.. parts]));
        Assert.Null(reading.Fault);
        Assert.Equal(lines, reading.Frames.ConvertAll(frame => frame.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Every_cut_of_a_gzip_file_is_noticed_and_what_came_before_is_kept(int bytesPerRead)
    {
        string[] lines = Frames(60);
        byte[] text = CaptureBytes.Text(lines);
        byte[] file = Members(text[..2_000], text[2_000..]);
        int firstMember = CaptureBytes.Gzip(text[..2_000]).Length;
        for (int length = 1; length < file.Length; length++)
        {
            Reading reading = CaptureBytes.Read(file[..length], bytesPerRead: bytesPerRead);
            // A cut between two members leaves a sound, shorter file: only there no one can tell.
            if (length == firstMember)
            {
                Assert.Equal(CaptureFaultKind.None, reading.Fault?.Kind ?? CaptureFaultKind.None);
                continue;
            }

            Assert.True(reading.Fault is not null, $"cut at {length} of {file.Length} went unnoticed");
            Assert.True(
                reading.Fault.Kind is CaptureFaultKind.TruncatedGzip or CaptureFaultKind.CorruptGzip,
                $"cut at {length} was called {reading.Fault.Kind}");
            Assert.Equal(length, reading.Fault.CompressedOffset);
            AssertPrefix(lines, reading);
        }
    }

    [Fact]
    public void Cuts_of_a_large_file_are_noticed()
    {
        string[] lines = Frames(20_000);
        byte[] file = CaptureBytes.Gzip(CaptureBytes.Text(lines));
        Random random = Seed.Random(12, "cuts");
        int campaign = Seed.Count(60, 2_000);
        for (int i = 0; i < campaign; i++)
        {
            int length = i < 12 ? file.Length - 1 - i : random.Next(1, file.Length);
            Reading reading = CaptureBytes.Read(file[..length]);
            Assert.Equal(CaptureFaultKind.TruncatedGzip, reading.Fault!.Kind);
            AssertPrefix(lines, reading);
        }
    }

    [Fact]
    public void Every_inverted_byte_is_noticed_or_harmless()
    {
        string[] lines = Frames(60);
        byte[] file = CaptureBytes.Gzip(CaptureBytes.Text(lines));
        int faults = 0;
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0xFF;
            Reading reading = CaptureBytes.Read(damaged);
            // Bytes 3..9 hold flags, time and system: some mean nothing. No magic means: not gzip, so not a capture.
            if (reading.Fault is null) Assert.InRange(i, 3, 9);
            else faults++;
        }

        Assert.InRange(faults, file.Length - 7, file.Length);
    }

    [Fact]
    public void Bytes_behind_the_last_member_are_a_fault_after_all_frames()
    {
        string[] lines = Frames(5);
        byte[] file = [.. CaptureBytes.Gzip(CaptureBytes.Text(lines)), 0, 0, 0, 0];
        Reading reading = CaptureBytes.Read(file);
        Assert.Equal(CaptureFaultKind.CorruptGzip, reading.Fault!.Kind);
        Assert.Equal(5, reading.Frames.Count);
    }

    [Fact]
    public void A_gzip_file_of_nothing_is_empty()
    {
        Assert.Equal(CaptureFaultKind.Empty, CaptureBytes.Read(CaptureBytes.Gzip([])).Fault!.Kind);
        Assert.Equal(CaptureFaultKind.Empty, CaptureBytes.Read(Members([], [])).Fault!.Kind);
    }

    private static void AssertPrefix(string[] lines, Reading reading)
    {
        // A cut within the eight bytes that follow the data leaves every frame readable.
        Assert.InRange(reading.Frames.Count, 0, lines.Length);
        for (int i = 0; i < reading.Frames.Count; i++) Assert.Equal(lines[i], reading.Frames[i].Text);
    }
}
