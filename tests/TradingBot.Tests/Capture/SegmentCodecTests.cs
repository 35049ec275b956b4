using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Blocks stored as they are among others: what a recording does when processor time is short.</summary>
public sealed class SegmentCodecTests : IDisposable
{
    private readonly Recordings _recordings = new();

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task Blocks_of_both_codecs_are_read_alike_and_verify_checks_them()
    {
        Random random = Seed.Random(32, "frames");
        List<string> expected = [];
        string path = CaptureNames.Segment(_recordings.Folder, CaptureNames.RecordingOf(Recordings.StartNs), 1);
        SegmentHeader header = new()
        {
            Build = "test",
            Recording = CaptureNames.RecordingOf(Recordings.StartNs),
            Segment = 1,
            StartNs = Recordings.StartNs,
        };
        using (SegmentWriter writer = SegmentWriter.Create(path, header))
        {
            Assert.False(writer.IsFasterStored);
            long number = 0;
            for (int batch = 0; batch < 6; batch++)
            {
                using MemoryStream records = new();
                for (int i = 0; i < 3_000; i++, number++)
                {
                    byte[] frame = Recordings.Frame(random, (int)number);
                    expected.Add(Encoding.UTF8.GetString(frame));
                    byte[] record = new byte[CaptureHead.Bytes + frame.Length];
                    CaptureHead head = new(
                        CaptureRecordKind.Received, FrameFate.Applied, 1, Recordings.StartNs + number, number, 1);
                    head.Write(record, frame.Length);
                    frame.CopyTo(record, CaptureHead.Bytes);
                    CaptureHead.Seal(record, number);
                    records.Write(record);
                }

                writer.Append(records.ToArray(), batch % 2 == 0 ? BlockCodec.Zlib : BlockCodec.Stored);
            }

            writer.Finish();
        }

        IReadOnlyList<RecordCopy> read = Recordings.Read(path, out RecordingReader reader);
        Assert.Equal("", reader.Fault);
        Assert.Equal(expected, read.Select(record => record.Payload));
        (int code, string output, string error) = await Verb.RunAsync("capture", "info", path);
        Assert.True(code == 0, error + output);
        byte[] bytes = File.ReadAllBytes(path);
        int stored = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(expected[^1]));
        Assert.True(stored > 0, "the last block is not stored as it is");
        bytes[stored] ^= 1;
        File.WriteAllBytes(path, bytes);
        (code, _, _) = await Verb.RunAsync("capture", "info", path);
        Assert.Equal(5, code);
    }
}
