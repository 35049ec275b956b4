using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Storage.Capture;
using TradingBot.Worker.Capture;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Holds what a server says it sent against a recording of it and its gap ledger.</summary>
internal static class HoleAudit
{
    /// <summary>One socket as the recorder had it.</summary>
    private sealed record Life(int Connection, long OpenedNs)
    {
        public long ClosedNs { get; set; }

        public List<(long TimeNs, string Frame)> Frames { get; } = [];

        /// <summary>Where the ledger must say that the hole behind it begins.</summary>
        public long HeardNs => Frames.Count > 0 ? Frames[^1].TimeNs : ClosedNs;
    }

    /// <summary>
    /// What came on a socket is what was sent on it, up to where it ends; the end, and nothing else, is a hole in the
    /// ledger, from the last frame before to the socket after.
    /// </summary>
    /// <returns>Holes, and frames sent that fell into them.</returns>
    public static (int Holes, int Lost) Check(string folder, string dialect, IEnumerable<ServedEntry> log)
    {
        List<Life> lives = LivesOf(folder, dialect);
        JsonElement[] rows = [.. Rows(folder).Where(row =>
            row.TryGetProperty("dialect", out JsonElement of) && of.GetString() == dialect)];
        JsonElement[] lost = [.. rows.Where(row => KindOf(row) == "disconnect")];
        JsonElement[] opened = [.. rows.Where(row => KindOf(row) == "open")];
        // The last one was ended by the recorder itself.
        Assert.Equal(lives.Select(life => life.Connection), opened.Select(row => Number(row, "connection")));
        Assert.Equal(lives.SkipLast(1).Select(life => life.Connection), lost.Select(row => Number(row, "connection")));
        for (int i = 0; i + 1 < lives.Count; i++)
        {
            Assert.Equal(lives[i].HeardNs, lost[i].GetProperty("last_frame_ns").GetInt64());
            JsonElement again = opened[i + 1];
            Assert.Equal(
                (lives[i].Connection, lives[i].HeardNs, lives[i + 1].OpenedNs),
                (Number(again, "after"), again.GetProperty("from_ns").GetInt64(),
                again.GetProperty("to_ns").GetInt64()));
        }

        return (lost.Length, CountLost(lives, log));
    }

    /// <summary>Rows of the ledger of a kind, whatever the dialect.</summary>
    public static int RowsOf(string folder, string kind) => Rows(folder).Count(row => KindOf(row) == kind);

    private static int CountLost(List<Life> lives, IEnumerable<ServedEntry> log)
    {
        string[][] clients = [.. log.Where(entry => entry.Kind == ServedKind.Sent).GroupBy(entry => entry.Client)
            .OrderBy(client => client.Key)
            .Select(client => client.Select(entry => Encoding.UTF8.GetString(entry.Frame.Span)).ToArray())];
        int lost = 0;
        int next = 0;
        foreach (Life life in lives.Where(life => life.Frames.Count > 0))
        {
            int client = next;
            while (client < clients.Length && !IsBeginning(life, clients[client])) client++;
            Assert.True(
                client < clients.Length,
                $"socket {life.Connection} has {life.Frames.Count} frames that no client was sent in this order");
            lost += clients[client].Length - life.Frames.Count;
            // Of a client that no socket answers to nothing arrived: it was lost before it was open here.
            for (; next < client; next++) lost += clients[next].Length;
            next = client + 1;
        }

        return lost;
    }

    private static bool IsBeginning(Life life, string[] sent)
    {
        if (life.Frames.Count > sent.Length) return false;
        for (int i = 0; i < life.Frames.Count; i++)
        {
            if (life.Frames[i].Frame != sent[i]) return false;
        }

        return true;
    }

    private static List<Life> LivesOf(string folder, string dialect)
    {
        Dictionary<int, Life> lives = [];
        foreach (RecordCopy record in Recordings.Read(folder, out RecordingReader reader))
        {
            if (record.Kind == CaptureRecordKind.Opened)
            {
                JsonElement opened = JsonDocument.Parse(record.Payload).RootElement;
                if (opened.GetProperty("Dialect").GetString() != dialect) continue;
                lives.Add(record.Connection, new Life(record.Connection, record.TimeNs));
            }
            else if (lives.TryGetValue(record.Connection, out Life? life))
            {
                if (record.Kind == CaptureRecordKind.Received) life.Frames.Add((record.TimeNs, record.Payload));
                if (record.Kind == CaptureRecordKind.Closed) life.ClosedNs = record.TimeNs;
            }

            Assert.Equal("", reader.Fault);
        }

        return [.. lives.Values];
    }

    private static IEnumerable<JsonElement> Rows(string folder) =>
        System.IO.File.ReadAllLines(System.IO.Path.Combine(folder, CaptureNames.Ledger))
            .Select(line => JsonDocument.Parse(line).RootElement);

    private static string KindOf(JsonElement row) => row.GetProperty("kind").GetString()!;

    private static int Number(JsonElement row, string name) => row.GetProperty(name).GetInt32();
}
