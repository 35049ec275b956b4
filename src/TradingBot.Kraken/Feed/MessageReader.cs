// In:     results of receiving, fragment by fragment.   Out: whole text messages, or why the socket must end.
// Thread: the socket's.
// Keeps:  a message is at most FrameRing.MessageBytesMax long; a binary one is no message of this venue.
// Budget: no copy; the buffer grows to the longest message and stays.
using System;
using System.Net.WebSockets;

namespace TradingBot.Kraken.Feed;

/// <summary>Joins the fragments of a message in a buffer that is kept.</summary>
internal sealed class MessageReader
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Where the next fragment goes; never empty.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_length == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            return _buffer.AsMemory(_length);
        }
    }

    /// <summary>The message, once it is whole.</summary>
    public ReadOnlySpan<byte> Message => _buffer.AsSpan(0, _length);

    /// <summary>Takes what was received into <see cref="Free"/>.</summary>
    /// <param name="result">What the socket said of it.</param>
    /// <param name="fault">How the socket must be closed; null when all is well.</param>
    /// <returns>True when the message is whole.</returns>
    public bool Take(ValueWebSocketReceiveResult result, out WebSocketCloseStatus? fault)
    {
        fault = null;
        _length += result.Count;
        if (result.MessageType == WebSocketMessageType.Binary) fault = WebSocketCloseStatus.InvalidMessageType;
        else if (_length > FrameRing.MessageBytesMax) fault = WebSocketCloseStatus.MessageTooBig;
        return fault is null && result.EndOfMessage;
    }

    public void Clear() => _length = 0;

    /// <summary>What people are told of it.</summary>
    public static string Explain(WebSocketCloseStatus fault) => fault == WebSocketCloseStatus.MessageTooBig
        ? $"a message of more than {FrameRing.MessageBytesMax} bytes"
        : "a binary message";
}
