using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace TradingBot.Storage.Capture;

/// <summary>The tails of a recording: whole records in order of their numbers, and what is torn behind them.</summary>
/// <param name="Bytes">Whole records.</param>
/// <param name="TornBytes">Bytes that are none.</param>
internal sealed record CaptureTail(byte[] Bytes, long TornBytes)
{
    /// <summary>Null when there is nothing in them.</summary>
    public static CaptureTail? Read(string folder, string recording)
    {
        (byte[] Bytes, int Whole)[] tails = new (byte[], int)[CaptureNames.Tails];
        for (int i = 0; i < tails.Length; i++)
        {
            byte[] bytes = ReadFile(CaptureNames.Tail(folder, recording, i));
            tails[i] = (bytes, WholeBytes(bytes));
        }

        long torn = tails.Sum(tail => tail.Bytes.Length - tail.Whole);
        using MemoryStream whole = new();
        foreach ((byte[] bytes, int length) in tails.Where(tail => tail.Whole > 0)
            .OrderBy(tail => CaptureHead.NumberOf(tail.Bytes)))
        {
            whole.Write(bytes, 0, length);
        }

        return whole.Length == 0 && torn == 0 ? null : new CaptureTail(whole.ToArray(), torn);
    }

    /// <summary>Bytes at the beginning that are whole records, one number after the other.</summary>
    private static int WholeBytes(ReadOnlySpan<byte> bytes)
    {
        int whole = 0;
        long next = -1;
        while (CaptureHead.TryRead(bytes[whole..], out CaptureHead head, out int length)
            && (next < 0 || head.Number == next))
        {
            whole += length;
            next = head.Number + 1;
        }

        return whole;
    }

    private static byte[] ReadFile(string path)
    {
        if (!File.Exists(path)) return [];
        using FileStream file = RecordingReader.Part.OpenFile(path);
        using MemoryStream bytes = new();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>The payload of a record that tells of a socket.</summary>
internal static class ConnectionText
{
    /// <summary>Null when it is none.</summary>
    public static CaptureConnection? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize<CaptureConnection>(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
