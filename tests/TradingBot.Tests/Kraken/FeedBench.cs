using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Events;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>A feed, its time, and a venue that answers as it is told.</summary>
internal sealed class FeedBench
{
    public const long Second = 1_000_000_000;

    private readonly List<Asked> _asked = [];

    public FeedBench(string[]? symbols = null, PublicFeedOptions? options = null) =>
        Feed = new PublicFeed(symbols ?? ["BTC/USD", "ETH/USD"], options ?? new PublicFeedOptions());

    public PublicFeed Feed { get; }

    public long NowNs { get; private set; } = 1_789_390_800 * Second;

    /// <summary>A feed whose subscriptions are all confirmed.</summary>
    public static FeedBench Up(string[]? symbols = null, PublicFeedOptions? options = null)
    {
        FeedBench bench = new(symbols, options);
        bench.Feed.OnConnected(bench.NowNs);
        foreach (Asked asked in bench.Take()) bench.Grant(asked);
        Assert.Equal(bench.Feed.Wanted, bench.Feed.Confirmed);
        return bench;
    }

    public Subscription Of(Channel channel, string symbol = "") =>
        Feed.Subscriptions.Single(wanted => wanted.Channel == channel && wanted.Symbol == symbol);

    /// <summary>Requests since the last call, as the venue reads them.</summary>
    public List<Asked> Take()
    {
        _asked.Clear();
        while (Feed.TryTakeFrame(out byte[] frame)) _asked.Add(Asked.Read(frame));
        return [.. _asked];
    }

    /// <summary>Lets time pass, calling in when something is due.</summary>
    public void Run(double seconds)
    {
        long endNs = NowNs + (long)(seconds * Second);
        while (Feed.NextDueNs <= endNs)
        {
            if (Feed.NextDueNs > NowNs) NowNs = Feed.NextDueNs;
            Feed.OnTimer(NowNs);
            // Something due now stays due only for want of budget, which has its time.
            Assert.True(Feed.NextDueNs > NowNs, "due now, and nothing done about it");
        }

        NowNs = endNs;
    }

    /// <summary>The venue says yes to all of a request, and sends what proves it.</summary>
    public void Grant(Asked asked)
    {
        foreach (string symbol in asked.Symbols)
        {
            Acknowledge(asked, symbol);
            if (asked.Method == "subscribe") Send(asked.Channel, symbol);
        }
    }

    public void Acknowledge(Asked asked, string symbol)
    {
        string named = symbol.Length > 0 ? $",\"symbol\":\"{symbol}\"" : "";
        Reply($$"""
            {"method":"{{asked.Method}}","result":{"channel":"{{asked.Channel}}"{{named}}},"success":true,
            "time_in":"2026-03-04T05:06:07.000001Z","time_out":"2026-03-04T05:06:07.000055Z","req_id":{{asked.Id}}}
            """);
    }

    public void Refuse(Asked asked, string error, string symbol = "")
    {
        string named = symbol.Length > 0 ? $",\"symbol\":\"{symbol}\"" : "";
        Reply($$"""
            {"error":"{{error}}","method":"{{asked.Method}}","success":false{{named}},"req_id":{{asked.Id}}}
            """);
    }

    public void Reply(string text) => Feed.OnReply(Encoding.UTF8.GetBytes(text), NowNs);

    public void Send(string channel, string symbol) => Feed.OnData(
        channel == "book" ? Channel.Book : channel == "trade" ? Channel.Trade : Channel.Instrument, symbol, NowNs);

    /// <summary>One request as it left.</summary>
    internal sealed record Asked(string Method, string Channel, string[] Symbols, long Id, string Text)
    {
        public static Asked Read(byte[] frame)
        {
            using JsonDocument document = JsonDocument.Parse(frame);
            JsonElement root = document.RootElement;
            JsonElement parameters = root.GetProperty("params");
            string[] symbols = parameters.TryGetProperty("symbol", out JsonElement list)
                ? [.. list.EnumerateArray().Select(symbol => symbol.GetString()!)] : [""];
            return new Asked(root.GetProperty("method").GetString()!, parameters.GetProperty("channel").GetString()!,
                symbols, root.GetProperty("req_id").GetInt64(), Encoding.UTF8.GetString(frame));
        }
    }
}
