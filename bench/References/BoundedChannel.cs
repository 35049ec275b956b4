using System.Threading.Channels;
using System.Threading.Tasks;
using TradingBot.Market.Events;

namespace References;

/// <summary>One writer, one reader, one event at a time, over the runtime's bounded channel as its users write
/// it.</summary>
public static class BoundedChannel
{
    /// <summary>The sum of the prices read: 1 + 2 + … + count.</summary>
    public static long Stream(int count, int capacity)
    {
        Channel<MarketEvent> channel = System.Threading.Channels.Channel.CreateBounded<MarketEvent>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        Task<long> reader = Task.Run(() => ReadAsync(channel.Reader));
        Task writer = Task.Run(() => WriteAsync(channel.Writer, count));
        writer.GetAwaiter().GetResult();
        return reader.GetAwaiter().GetResult();
    }

    private static async Task WriteAsync(ChannelWriter<MarketEvent> writer, int count)
    {
        MarketEvent e = default;
        for (int i = 0; i < count; i++)
        {
            e.Price = i + 1;
            if (!writer.TryWrite(e)) await writer.WriteAsync(e);
        }

        writer.Complete();
    }

    private static async Task<long> ReadAsync(ChannelReader<MarketEvent> reader)
    {
        long sum = 0;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out MarketEvent e)) sum += e.Price;
        }

        return sum;
    }
}
