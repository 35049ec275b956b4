using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Market.Wire;
using TradingBot.Storage.Capture;

namespace TradingBot.Worker.Circle;

/// <summary>What a recording is told of the public sockets: losses, and books not to be believed.</summary>
/// <param name="capture">The recording.</param>
/// <param name="addresses">Where the sockets lead.</param>
internal sealed class FeedTap(FeedCapture capture, VenueAddresses addresses)
{
    private static readonly Dictionary<LossReason, string> Reasons = new()
    {
        [LossReason.None] = "ended by us",
        [LossReason.ConnectFailed] = "connect_failed",
        [LossReason.ConnectTimeout] = "connect_timeout",
        [LossReason.ClosedByVenue] = "closed_by_venue",
        [LossReason.Silent] = "silent",
        [LossReason.SendRefused] = "send_refused",
    };

    // Per instrument: stale since it was in sync, and the faults counted when it was last looked at.
    private readonly bool[] _isStale = new bool[SymbolTable.CapacityDefault];
    private readonly long[] _mismatches = new long[SymbolTable.CapacityDefault];
    private readonly long[] _crossed = new long[SymbolTable.CapacityDefault];
    private readonly long[] _intervals = new long[SymbolTable.CapacityDefault];

    private int _staleCount;

    public FeedCapture Capture => capture;

    /// <summary>Some book fell out of sync and is not back.</summary>
    public bool HasStale => _staleCount > 0;

    public void OnOpened(CircleSocket socket, long nowNs) => capture.Opened(nowNs, new CaptureConnection
    {
        Connection = socket.LastConnection,
        Dialect = DialectNames.Of(socket.Dialect),
        Url = addresses.Of(socket.Endpoint).ToString(),
        Subscriptions = [.. socket.Feed!.Subscriptions.Select(NameOf)],
    });

    public void OnLost(CircleSocket socket, long nowNs)
    {
        string words = socket.LastLossText.Length > 0 ? ": " + socket.LastLossText : "";
        capture.Closed(socket.LastConnection, nowNs, Reasons[socket.Watch.LastLoss] + words);
    }

    /// <summary>After an event that may have changed whether a book is believed.</summary>
    public void OnBook(int connection, int id, InstrumentBook book, ReadOnlySpan<byte> symbol, long nowNs)
    {
        bool fellOut = book.StaleIntervals > _intervals[id];
        if (fellOut)
        {
            ReadOnlySpan<byte> reason = book.ChecksumMismatches > _mismatches[id] ? "checksum"u8
                : book.Crossed > _crossed[id] ? "crossed"u8 : "lost"u8;
            capture.Stale(connection, nowNs, reason, symbol);
            if (!_isStale[id]) _staleCount++;
            _isStale[id] = true;
            _intervals[id] = book.StaleIntervals;
            _mismatches[id] = book.ChecksumMismatches;
            _crossed[id] = book.Crossed;
        }

        if (!_isStale[id] || book.State != BookState.InSync) return;
        _isStale[id] = false;
        _staleCount--;
        capture.InSync(connection, nowNs, symbol);
    }

    private static string NameOf(Subscription wanted)
    {
        string channel = wanted.Channel.ToString().ToLowerInvariant();
        return wanted.Symbol.Length == 0 ? channel : $"{channel} {wanted.Symbol}";
    }
}
