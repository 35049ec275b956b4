// In:     reads of a WebSocket.   Out: bytes of the stream below, received on the caller's own thread.
// Thread: one reads, one writes.
// Keeps:  a read is complete when it returns, so nothing of a message hops to the thread pool.
// Budget: one receive of the socket for all that waits in it, up to 64 KiB; a copy; 0 bytes per read.
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Kraken.Feed;

/// <summary>A stream whose asynchronous reads are done when they return: they block their thread instead.</summary>
/// <remarks>
/// A <see cref="System.Net.WebSockets.WebSocket"/> over it receives inline. Who wants a read to end disposes the socket
/// below, and the read throws. Behind our own close frame reads are asynchronous in truth: the runtime then gives the
/// other side a second to hang up, and measures that second beside the read.
/// The runtime's WebSocket reads a frame's head by itself and then its payload: without a buffer below it that is two
/// system calls for each message, and they were most of what receiving cost. Writes block, too: after one asynchronous
/// operation the runtime waits for all bytes of that socket by epoll, and each arrival wakes two more threads.
/// </remarks>
internal sealed class InlineStream(Stream inner, ReadOnlyMemory<byte> first) : Stream
{
    /// <summary>Low half of a frame's first byte: RFC 6455 section 5.5.1.</summary>
    private const byte CloseOpcode = 8;

    /// <summary>Two hundred messages; a read for more goes to the socket as it is.</summary>
    private const int AheadBytes = 64 * 1024;

    private readonly byte[] _ahead = GC.AllocateUninitializedArray<byte>(AheadBytes);

    // Received and not yet read; in the beginning what came behind the handshake's answer in the same read.
    private ReadOnlyMemory<byte> _ready = first;
    private volatile bool _saidGoodbye;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException("A socket has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("A socket has no position.");
        set => throw new NotSupportedException("A socket has no position.");
    }

    public override int Read(Span<byte> buffer)
    {
        if (_ready.IsEmpty)
        {
            if (buffer.Length >= AheadBytes) return inner.Read(buffer);
            _ready = _ahead.AsMemory(0, inner.Read(_ahead));
        }

        int count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _saidGoodbye && _ready.IsEmpty
            ? inner.ReadAsync(buffer, cancellationToken) : new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The runtime writes a frame at a time.
        if (!buffer.IsEmpty && (buffer.Span[0] & 0x0F) == CloseOpcode) _saidGoodbye = true;
        inner.Write(buffer.Span);
        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        inner.Flush();
        return Task.CompletedTask;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        throw new NotSupportedException("A socket cannot seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A socket has no length.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
