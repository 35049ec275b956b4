using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>The stream below a feed's WebSocket: what it asks of the socket, and how often.</summary>
public sealed class InlineStreamTests
{
    [Fact]
    public async Task Reads_of_any_size_give_every_byte_once_in_order()
    {
        Random random = Seed.Random(77, "reads");
        byte[] sent = new byte[2_000_000];
        random.NextBytes(sent);
        using InlineStream stream = new(new Scripted(sent, random), sent.AsMemory(0, 100));
        byte[] heard = new byte[sent.Length];
        byte[] piece = new byte[200_000];
        int at = 0;
        while (at < sent.Length)
        {
            int most = random.Next(3) == 0 ? random.Next(1, piece.Length) : random.Next(1, 200);
            ValueTask<int> reading = stream.ReadAsync(piece.AsMemory(0, most), TestContext.Current.CancellationToken);
            Assert.True(reading.IsCompletedSuccessfully, "a read was left waiting");
            int count = await reading;
            Assert.InRange(count, 1, most);
            piece.AsSpan(0, count).CopyTo(heard.AsSpan(at));
            at += count;
        }

        Assert.Equal(sent, heard);
        Assert.Equal(0, stream.Read(piece));
    }

    [Fact]
    public void What_waits_in_the_socket_costs_one_receive_however_small_the_reads_are()
    {
        Scripted socket = new(new byte[60_000], random: null);
        using InlineStream stream = new(socket, default);
        byte[] two = new byte[2];
        for (int i = 0; i < 30_000; i++) Assert.Equal(2, stream.Read(two));
        Assert.Equal(1, socket.Reads);
    }

    [Fact]
    public async Task A_write_blocks_its_caller_and_starts_nothing_asynchronous()
    {
        Scripted socket = new([], random: null);
        await using InlineStream stream = new(socket, default);
        await stream.WriteAsync(new byte[] { 0x81, 1, (byte)'x' }, TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 3), (socket.Writes, socket.Written));
    }

    /// <summary>A socket that has bytes, gives as many as it likes, and knows nothing of asynchrony.</summary>
    private sealed class Scripted(byte[] bytes, Random? random) : Stream
    {
        // The first hundred are given to the stream beforehand where bytes are drawn.
        private int _at = random is null ? 0 : 100;

        public int Reads { get; private set; }

        public int Writes { get; private set; }

        public int Written { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            Reads++;
            int most = Math.Min(buffer.Length, bytes.Length - _at);
            int count = most == 0 || random is null ? most : random.Next(1, most + 1);
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            Written += buffer.Length;
        }

        public override void Flush()
        {
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("asynchronous");

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("asynchronous");

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException("asynchronous");

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
