// In:     records as they pass by.   Out: the rows of the ledger they are worth.
// Thread: the writer's.
// Keeps:  every loss has a row when it begins and one with its length when it ends.
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace TradingBot.Storage.Capture;

/// <summary>Reads the ledger's rows off a recording: sockets lost and opened, books stale and in sync, holes.</summary>
internal sealed class GapRows(GapLedger ledger, string recording)
{
    private const double NanosPerMs = 1e6;

    private readonly Dictionary<int, CaptureConnection> _open = [];
    private readonly Dictionary<int, string> _dialects = [];
    private readonly Dictionary<int, long> _heardNs = [];
    private readonly Dictionary<string, (int Connection, long HeardNs)> _lost = [];
    private readonly Dictionary<(string Dialect, string Symbol), (long FromNs, string Reason)> _stale = [];

    /// <summary>Sockets open now.</summary>
    public IReadOnlyCollection<CaptureConnection> Open => _open.Values;

    public void Observe(in CaptureHead head, ReadOnlySpan<byte> payload)
    {
        switch (head.Kind)
        {
            case CaptureRecordKind.Received:
                _heardNs[head.Connection] = head.TimeNs;
                break;
            case CaptureRecordKind.Opened:
                OnOpened(in head, payload);
                break;
            case CaptureRecordKind.Closed:
                OnClosed(in head, Encoding.UTF8.GetString(payload));
                break;
            case CaptureRecordKind.Stale:
                OnStale(in head, Encoding.ASCII.GetString(payload));
                break;
            case CaptureRecordKind.InSync:
                OnInSync(in head, Encoding.ASCII.GetString(payload));
                break;
            case CaptureRecordKind.Hole:
                OnHole(in head, CaptureHole.Read(payload));
                break;
            default:
                break;
        }
    }

    /// <summary>The recording ends: what is still stale is said.</summary>
    public void End(long timeNs)
    {
        foreach (((string dialect, string symbol), (long fromNs, string reason)) in _stale)
        {
            ledger.Add(timeNs, recording, "stale_at_end", json =>
            {
                json.WriteString("dialect", dialect);
                json.WriteString("symbol", symbol);
                json.WriteString("reason", reason);
                WriteSpan(json, fromNs, timeNs);
            });
        }

        ledger.Add(timeNs, recording, "end");
    }

    public static void WriteSpan(Utf8JsonWriter json, long fromNs, long toNs)
    {
        json.WriteNumber("from_ns", fromNs);
        json.WriteNumber("to_ns", toNs);
        json.WriteNumber("length_ms", Math.Round((toNs - fromNs) / NanosPerMs, 3));
    }

    private void OnOpened(in CaptureHead head, ReadOnlySpan<byte> payload)
    {
        if (ConnectionText.Read(payload) is not { } opened) return;
        _open[opened.Connection] = opened;
        // A closed socket's books go stale after it: its dialect is still to be known.
        _dialects[opened.Connection] = opened.Dialect;
        long nowNs = head.TimeNs;
        bool isAgain = _lost.Remove(opened.Dialect, out (int Connection, long HeardNs) before);
        ledger.Add(nowNs, recording, "open", json =>
        {
            json.WriteNumber("connection", opened.Connection);
            json.WriteString("dialect", opened.Dialect);
            json.WriteString("url", opened.Url);
            if (!isAgain) return;
            json.WriteNumber("after", before.Connection);
            WriteSpan(json, before.HeardNs, nowNs);
        });
    }

    private void OnClosed(in CaptureHead head, string why)
    {
        int connection = head.Connection;
        if (!_open.Remove(connection, out CaptureConnection? closed)) return;
        long heardNs = _heardNs.Remove(connection, out long last) ? last : head.TimeNs;
        _lost[closed.Dialect] = (connection, heardNs);
        ledger.Add(head.TimeNs, recording, "disconnect", json =>
        {
            json.WriteNumber("connection", connection);
            json.WriteString("dialect", closed.Dialect);
            json.WriteString("reason", why);
            json.WriteNumber("last_frame_ns", heardNs);
        });
    }

    private void OnStale(in CaptureHead head, string words)
    {
        int space = words.LastIndexOf(' ');
        (string reason, string symbol) = (words[..Math.Max(space, 0)], words[(space + 1)..]);
        string dialect = DialectOf(head.Connection);
        _stale.TryAdd((dialect, symbol), (head.TimeNs, reason));
        ledger.Add(head.TimeNs, recording, "stale", json =>
        {
            json.WriteString("dialect", dialect);
            json.WriteString("symbol", symbol);
            json.WriteString("reason", reason);
        });
    }

    private void OnInSync(in CaptureHead head, string symbol)
    {
        string dialect = DialectOf(head.Connection);
        if (!_stale.Remove((dialect, symbol), out (long FromNs, string Reason) was)) return;
        long nowNs = head.TimeNs;
        ledger.Add(nowNs, recording, "in_sync", json =>
        {
            json.WriteString("dialect", dialect);
            json.WriteString("symbol", symbol);
            json.WriteString("reason", was.Reason);
            WriteSpan(json, was.FromNs, nowNs);
        });
    }

    private void OnHole(in CaptureHead head, CaptureHole hole) =>
        ledger.Add(head.TimeNs, recording, "dropped", json =>
        {
            json.WriteNumber("records", hole.Records);
            json.WriteNumber("too_long", hole.TooLong);
            json.WriteString("reason", hole.TooLong == hole.Records ? "longer than a record" : "the disk is too slow");
            WriteSpan(json, hole.FromNs, hole.ToNs);
        });

    private string DialectOf(int connection) => _dialects.GetValueOrDefault(connection, "unknown");
}
