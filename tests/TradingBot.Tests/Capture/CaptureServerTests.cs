using System.Linq;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Any client of Kraken's spot WebSocket can be pointed at a capture.</summary>
public sealed class CaptureServerTests
{
    [Fact]
    public async Task A_client_is_answered_per_symbol_and_gets_a_snapshot_and_what_follows_it_with_right_checksums()
    {
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, speed: 0);
        await using ServedSocket first = await served.ConnectAsync();
        Assert.Equal("status", (await first.SaidAsync()).GetProperty("channel").GetString());
        await first.SendAsync(Subscribe("book", "\"BTC/USD\"", 1));
        JsonElement acknowledged = await first.SaidAsync();
        Assert.Equal(
            ("subscribe", true, 1), (acknowledged.GetProperty("method").GetString(),
            acknowledged.GetProperty("success").GetBoolean(), acknowledged.GetProperty("req_id").GetInt32()));
        Assert.Equal(10, acknowledged.GetProperty("result").GetProperty("depth").GetInt32());

        // A second one comes in the middle: its snapshot is made of the book as it stands there.
        Book book = new();
        // The capture begins with a status, which everybody hears.
        while (book.Verified + book.Mismatches < 500) book.Take(await first.SaidAsync());
        await using ServedSocket late = await served.ConnectAsync();
        await late.SendAsync(Subscribe("book", "\"BTC/USD\"", 2));
        Book lateBook = new();
        _ = await late.SaidAsync();
        _ = await late.SaidAsync();
        while (lateBook.Verified + lateBook.Mismatches < 500) lateBook.Take(await late.SaidAsync());
        Assert.Equal((500, 0), (book.Verified, book.Mismatches));
        Assert.Equal((500, 0), (lateBook.Verified, lateBook.Mismatches));
        Assert.Equal(1, lateBook.Snapshots);
    }

    [Fact]
    public async Task What_the_capture_does_not_hold_is_refused_in_the_venues_words_and_the_rest_goes_on()
    {
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, speed: 1);
        await using ServedSocket client = await served.ConnectAsync();
        _ = await client.SaidAsync();
        (string Request, string Error)[] refused =
        [
            (Subscribe("book", "\"NO/SUCH\"", 3), "Currency pair not supported NO/SUCH"),
            (Subscribe("book", "\"BTC/USD\"", 4, ",\"depth\":100"), "Subscription depth not supported"),
            (Subscribe("nonsense", "\"BTC/USD\"", 5), "EGeneral:Invalid arguments:channel"),
            ("{\"method\":\"unsubscribe\",\"params\":{\"channel\":\"book\",\"symbol\":[\"BTC/USD\"]},\"req_id\":6}",
                "Subscription Not Found"),
            ("{\"method\":\"add_order\",\"params\":{},\"req_id\":7}", "EGeneral:Invalid arguments:method"),
            ("no JSON", "Malformed request"),
        ];
        foreach ((string request, string error) in refused)
        {
            await client.SendAsync(request);
            JsonElement answer = await client.SaidAsync();
            Assert.Equal((error, false), (
                answer.GetProperty("error").GetString(), answer.GetProperty("success").GetBoolean()));
        }

        await client.SendAsync("{\"method\":\"ping\",\"req_id\":8}");
        Assert.Equal("pong", (await client.SaidAsync()).GetProperty("method").GetString());
        await client.SendAsync(Subscribe("trade", "\"BTC/USD\",\"ETH/USD\"", 9, ",\"snapshot\":true"));
        JsonElement[] answers = [await client.SaidAsync(), await client.SaidAsync()];
        Assert.All(answers, answer => Assert.True(answer.GetProperty("success").GetBoolean()));
        await client.SendAsync(Subscribe("trade", "\"BTC/USD\"", 10));
        JsonElement twice;
        do twice = await client.SaidAsync();
        while (!twice.TryGetProperty("error", out _));
        Assert.Equal("Already subscribed", twice.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_heartbeat_comes_each_second_to_who_subscribed_and_a_client_that_does_not_read_is_dropped()
    {
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, 2_000, loop: true);
        await using ServedSocket sleeper = await served.ConnectAsync();
        await sleeper.SendAsync(Subscribe("book", "\"BTC/USD\",\"ETH/USD\",\"SOL/USD\"", 1));
        await using ServedSocket client = await served.ConnectAsync();
        await client.SendAsync(Subscribe("book", "\"BTC/USD\"", 1));
        bool hasBeaten = false;
        // The one reads on while the other is thrown out.
        while (!hasBeaten || !served.Log.Any(entry => entry.Kind == Worker.Capture.ServedKind.Closed))
        {
            JsonElement? said = await client.NextAsync();
            Assert.NotNull(said);
            hasBeaten |= said.Value.TryGetProperty("channel", out JsonElement channel)
                && channel.GetString() == "heartbeat";
        }

        Assert.Equal(1, Assert.Single(
            served.Log, entry => entry.Kind == Worker.Capture.ServedKind.Closed).Client);
    }

    [Fact]
    public async Task Clients_can_be_sent_away_with_a_word_and_without()
    {
        await using ServedCaptures served = await ServedCaptures.StartAsync(ServedCaptures.Demo, speed: 1);
        await using ServedSocket polite = await served.ConnectAsync();
        _ = await polite.SaidAsync();
        served.Play.Drop(WebSocketCloseStatus.EndpointUnavailable);
        while (await polite.NextAsync() is not null) { }
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, polite.Closed);
        await using ServedSocket rude = await served.ConnectAsync();
        _ = await rude.SaidAsync();
        served.Play.Drop(null);
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (await rude.NextAsync() is not null) { }
        });
    }

    private static string Subscribe(string channel, string symbols, int id, string more = "") =>
        $"{{\"method\":\"subscribe\",\"params\":{{\"channel\":\"{channel}\",\"symbol\":[{symbols}]{more}}},"
        + $"\"req_id\":{id}}}";

    /// <summary>A client's own book.</summary>
    private sealed class Book
    {
        private readonly SymbolTable _symbols = new();
        private readonly EventBatch _batch = new();
        private readonly FrameParser _parser;
        private readonly BookStage _books;

        public Book()
        {
            _parser = new FrameParser(Dialect.SpotV2, _symbols, new WireCounters());
            _books = new BookStage(new ScaleTable(_symbols), 1);
        }

        public int Verified => (int)(_books.BookOf(0)?.ChecksumsVerified ?? 0);

        public int Mismatches => (int)(_books.BookOf(0)?.ChecksumMismatches ?? 0);

        public int Snapshots => (int)(_books.BookOf(0)?.Snapshots ?? 0);

        public void Take(JsonElement said)
        {
            Assert.Equal(ParseResult.Ok, _parser.Parse(Encoding.UTF8.GetBytes(said.GetRawText()), _batch));
            foreach (ref readonly MarketEvent e in _batch.Events) _books.OnEvent(in e, 0);
        }
    }
}
