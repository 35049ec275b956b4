using System;
using System.IO;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Allocation;

/// <summary>From the bytes of a socket to the worker's side of the ring nothing is allocated (I8).</summary>
public sealed class SocketReceiveAllocationTests
{
    private const int WarmUp = 50_000;
    private const int Counted = 200_000;

    [Theory]
    [InlineData(120)]
    [InlineData(300)]
    [InlineData(70_000)]
    public void Messages_arrive_on_one_thread_without_an_allocation_I8(int length)
    {
        int scale = length > 1_000 ? 100 : 1;
        using InlineStream stream = new(new Chatter(length), default);
        using WebSocket socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        FrameRing ring = new(1 << 18);
        int thread = Environment.CurrentManagedThreadId;
        int messages = 0;
        long before = 0;
        long after = 0;
        bool inline = true;
        MessageTaker take = message =>
        {
            inline &= Environment.CurrentManagedThreadId == thread && message.Length == length;
            inline &= ring.TryWrite(WireEventKind.Frame, 0, message);
            inline &= ring.TryRead(out _, out _, out ReadOnlySpan<byte> read) && read.Length == length;
            messages++;
            if (messages == WarmUp / scale) before = GC.GetAllocatedBytesForCurrentThread();
            if (messages < (WarmUp + Counted) / scale) return;
            after = GC.GetAllocatedBytesForCurrentThread();
            throw new OperationCanceledException();
        };
        Assert.Throws<OperationCanceledException>(() => FeedSocket.ReceiveAll(socket, take));
        Assert.True(inline, "a message was another one, or came on another thread");
        Assert.Equal(0, after - before);
    }

    /// <summary>A server that says one text frame for ever, cut wherever a read ends.</summary>
    private sealed class Chatter : Stream
    {
        private readonly byte[] _frame;
        private int _at;

        public Chatter(int length)
        {
            byte[] head = length < 126 ? [0x81, (byte)length]
                : length <= ushort.MaxValue ? [0x81, 126, (byte)(length >> 8), (byte)length]
                : [0x81, 127, 0, 0, 0, 0, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length];
            _frame = [.. head, .. new byte[length]];
            _frame.AsSpan(head.Length).Fill((byte)'x');
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException("endless");

        public override long Position
        {
            get => throw new NotSupportedException("endless");
            set => throw new NotSupportedException("endless");
        }

        public override int Read(Span<byte> buffer)
        {
            int done = 0;
            while (done < buffer.Length && done < 1_400)
            {
                int count = Math.Min(buffer.Length - done, _frame.Length - _at);
                _frame.AsSpan(_at, count).CopyTo(buffer[done..]);
                done += count;
                _at = (_at + count) % _frame.Length;
            }

            return done;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("endless");

        public override void SetLength(long value) => throw new NotSupportedException("endless");
    }
}
