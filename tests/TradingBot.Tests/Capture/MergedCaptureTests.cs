using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using TradingBot.Storage.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class MergedCaptureTests
{
    private const long T = 1_785_644_622_000_000_000;

    private static CaptureReader Capture(string name, params long?[] offsets)
    {
        List<string> lines = [];
        foreach (long? offset in offsets)
        {
            string time = offset is long value ? (T + value).ToString(CultureInfo.InvariantCulture) : "null";
            lines.Add("{\"recv_ns\":" + time + ",\"raw\":\"[\\\"" + name + lines.Count + "\\\"]\"}");
        }

        return CaptureReader.Over(new MemoryStream(CaptureBytes.Text([.. lines])), name);
    }

    private static (string Order, CaptureFault? Fault) Merge(params CaptureReader[] readers)
    {
        using MergedCapture merged = new(readers);
        StringBuilder order = new();
        CaptureReadResult result;
        while ((result = merged.TryRead(out CapturedFrame frame, out int reader)) == CaptureReadResult.Frame)
        {
            string text = Encoding.UTF8.GetString(frame.Bytes)[2..^2];
            Assert.Equal(readers[reader].Name, text[..1]);
            order.Append(text).Append(' ');
        }

        Assert.Equal(result == CaptureReadResult.Fault, merged.Fault is not null);
        Assert.Equal(result, merged.TryRead(out _, out _));
        return (order.ToString().TrimEnd(), merged.Fault);
    }

    [Fact]
    public void Frames_come_by_receive_time_and_ties_by_order_of_files() =>
        Assert.Equal(
            ("b0 a0 c0 a1 b1 c1 c2 b2", null),
            Merge(Capture("a", 1, 5), Capture("b", 0, 5, 9), Capture("c", 1, 5, 8)));

    [Fact]
    public void A_file_whose_times_step_back_keeps_its_own_order() =>
        Assert.Equal(("a0 b0 a1 a2 b1", null), Merge(Capture("a", 1, 7, 2), Capture("b", 6, 8)));

    [Fact]
    public void One_file_and_none_are_merged_too()
    {
        Assert.Equal(("a0 a1", null), Merge(Capture("a", 3, 4)));
        Assert.Equal(("", null), Merge());
    }

    [Fact]
    public void A_file_without_absolute_times_is_named()
    {
        (string order, CaptureFault? fault) = Merge(Capture("a", 1, 2), Capture("b", 1, null));
        Assert.Equal("a0 b0", order);
        Assert.Equal((CaptureFaultKind.NoReceiveTime, "b", 2L), (fault!.Kind, fault.FileName, fault.Line));

        fault = Merge(Capture("a", 1, 2), Capture("b", -T)).Fault;
        Assert.Equal((CaptureFaultKind.NoReceiveTime, "b", 1L), (fault!.Kind, fault.FileName, fault.Line));
    }

    [Fact]
    public void A_fault_of_one_file_ends_the_stream()
    {
        using CaptureReader absent = CaptureReader.Open("/no/such/file");
        (string order, CaptureFault? fault) = Merge(Capture("a", 1), absent);
        Assert.Equal("", order);
        Assert.Equal((CaptureFaultKind.CannotOpen, "/no/such/file"), (fault!.Kind, fault.FileName));
    }
}
