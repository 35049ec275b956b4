using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>Any client of Kraken's derivatives WebSocket v1 can be pointed at a capture of it.</summary>
public sealed class LegacyServerTests : IDisposable
{
    private const string Product = "PI_XBTUSD";

    private readonly Recordings _recordings = new();

    public void Dispose() => _recordings.Dispose();

    [Fact]
    public async Task A_client_is_welcomed_answered_per_product_and_gets_book_and_trades_in_the_venues_words()
    {
        string path = WriteCapture(changes: 40);
        await using ServedCaptures served = await ServedCaptures.StartAsync(path, speed: 0);
        await using ServedSocket client = await served.ConnectAsync(served.LegacyUrl);
        Assert.Equal("info", Word((await client.NextAsync())!.Value, "event"));
        await client.SendAsync(
            "{\"event\":\"subscribe\",\"feed\":\"book\",\"product_ids\":[\"pi_xbtusd\",\"PI_NONE\"]}");
        JsonElement said = (await client.NextAsync())!.Value;
        Assert.Equal(("subscribed", "book", Product), (
            Word(said, "event"), Word(said, "feed"), said.GetProperty("product_ids")[0].GetString()));
        Assert.Equal("Invalid product id", Word((await client.NextAsync())!.Value, "message"));
        Book book = new();
        while (book.Sequence < 1_040) book.Take((await client.NextAsync())!.Value);
        Assert.Equal((BookState.InSync, 1L, 0L), (book.State, book.Snapshots, book.Gaps));

        // Who comes at the end gets the book and the trades that the capture has led to.
        await using ServedSocket late = await served.ConnectAsync(served.LegacyUrl);
        await late.SendAsync($"{{\"event\":\"subscribe\",\"feed\":\"book\",\"product_ids\":[\"{Product}\"]}}");
        await late.SendAsync($"{{\"event\":\"subscribe\",\"feed\":\"trade\",\"product_ids\":[\"{Product}\"]}}");
        JsonElement[] all = [.. await TakeAsync(late, 5)];
        Assert.Equal(
            ["info", "subscribed", "book_snapshot", "subscribed", "trade_snapshot"],
            all.Select(one => Word(one, "event") is { Length: > 0 } name ? name : Word(one, "feed")));
        Book lateBook = new();
        lateBook.Take(all[2]);
        Assert.Equal((1_040L, book.Text), (lateBook.Sequence, lateBook.Text));
        Assert.Equal([7L, 6L, 5L], all[4].GetProperty("trades").EnumerateArray().Select(
            trade => trade.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task What_it_cannot_give_is_refused_in_the_venues_words_and_a_heartbeat_comes_to_who_asked_for_it()
    {
        await using ServedCaptures served = await ServedCaptures.StartAsync(WriteCapture(changes: 2), speed: 1);
        await using ServedSocket client = await served.ConnectAsync(served.LegacyUrl);
        _ = await client.NextAsync();
        (string Request, string Words)[] refused =
        [
            ("no JSON", "Json Error"),
            ("{\"event\":\"subscribe\",\"feed\":\"weather\",\"product_ids\":[\"PI_XBTUSD\"]}", "Invalid feed"),
            ("{\"event\":\"subscribe\",\"feed\":\"fills\"}", "Failed to subscribe to authenticated feed"),
            ("{\"event\":\"unsubscribe\",\"feed\":\"book\",\"product_ids\":[\"PI_XBTUSD\"]}", "Not subscribed to feed"),
            ("{\"event\":\"order\"}", "Bad websocket message"),
        ];
        foreach ((string request, string words) in refused)
        {
            await client.SendAsync(request);
            Assert.Equal(words, Word((await client.NextAsync())!.Value, "message"));
        }

        await client.SendAsync("{\"event\":\"subscribe\",\"feed\":\"heartbeat\"}");
        Assert.Equal("subscribed", Word((await client.NextAsync())!.Value, "event"));
        JsonElement beat = (await client.NextAsync())!.Value;
        Assert.Equal("heartbeat", Word(beat, "feed"));
        Assert.True(beat.GetProperty("time").GetInt64() > 1_700_000_000_000);
    }

    [Fact]
    public async Task A_real_capture_is_served_whole_and_each_books_sequence_has_no_gap()
    {
        string path = Repository.Shared("data", "futures-ws", "fut_cryptofeed_KRAKEN_FUTURES.ws.1.0.jsonl.gz");
        string[] products =
        [
            "PI_ETHUSD", "PI_XRPUSD", "PI_LTCUSD", "FI_ETHUSD_211231", "FI_BCHUSD_210730", "FI_XBTUSD_210924",
        ];
        await using ServedCaptures served = await ServedCaptures.StartAsync(path, speed: 0);
        await using ServedSocket client = await served.ConnectAsync(served.LegacyUrl);
        string list = string.Join(',', products.Select(product => $"\"{product}\""));
        await client.SendAsync($"{{\"event\":\"subscribe\",\"feed\":\"book\",\"product_ids\":[{list}]}}");
        Book book = new();
        // All that was played has been said when nothing waits any more.
        long taken = 0;
        while (!served.Play.IsOver || taken < served.Play.FramesSent)
        {
            book.Take((await client.NextAsync())!.Value);
            taken++;
        }

        Assert.True(book.Updates > 1_000, $"{book.Updates} updates");
        Assert.Equal((products.Length, 0L), (book.InSync, book.Gaps));
    }

    private string WriteCapture(int changes)
    {
        string path = Path.Combine(_recordings.Folder, "legacy.jsonl");
        List<string> frames =
        [
            "{\"event\":\"info\",\"version\":1}",
            $"{{\"feed\":\"book_snapshot\",\"product_id\":\"{Product}\",\"timestamp\":1612269825817,\"seq\":1000,"
                + "\"tickSize\":null,\"bids\":[{\"price\":34892.5,\"qty\":6385.0}],"
                + "\"asks\":[{\"price\":34911.5,\"qty\":20598.0}]}",
        ];
        for (int i = 1; i <= changes; i++)
        {
            string side = i % 2 == 0 ? "sell" : "buy";
            double price = i % 2 == 0 ? 34_912.5 + i : 34_890.5 - i;
            frames.Add(FormattableString.Invariant(
                $"{{\"feed\":\"book\",\"product_id\":\"{Product}\",\"side\":\"{side}\",\"seq\":{1_000 + i},")
                + FormattableString.Invariant(
                    $"\"price\":{price:0.0},\"qty\":{i * 10}.0,\"timestamp\":{1_612_269_825_817 + i}}}"));
        }

        for (int seq = 5; seq <= 7; seq++)
        {
            frames.Add(
                $"{{\"feed\":\"trade\",\"product_id\":\"{Product}\","
                + $"\"uid\":\"05af78ac-a774-478c-a50c-8b9c234e071{seq}\","
                + $"\"side\":\"sell\",\"type\":\"fill\",\"seq\":{seq},\"time\":161226983000{seq},\"qty\":15000.0,"
                + "\"price\":34892.5}");
        }

        File.WriteAllLines(path, frames.Select((frame, i) =>
            $"{{\"recv_ns\":{1_612_269_826_000_000_000 + (i * 1_000_000L)},"
            + $"\"raw\":{JsonSerializer.Serialize(frame)}}}"));
        return path;
    }

    private static async Task<List<JsonElement>> TakeAsync(ServedSocket client, int count)
    {
        List<JsonElement> all = [];
        while (all.Count < count) all.Add((await client.NextAsync())!.Value);
        return all;
    }

    private static string Word(JsonElement said, string name) =>
        said.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";

    /// <summary>A client's own books.</summary>
    private sealed class Book
    {
        private readonly SymbolTable _symbols = new();
        private readonly EventBatch _batch = new();
        private readonly FrameParser _parser;
        private readonly BookStage _books;

        public Book()
        {
            _parser = new FrameParser(Dialect.FuturesV1, _symbols, new WireCounters());
            _books = new BookStage(new ScaleTable(_symbols), 1);
        }

        public BookState State => _books.BookOf(0)?.State ?? BookState.None;

        public long Sequence => _books.BookOf(0)?.Sequence ?? 0;

        public long Snapshots => _books.BookOf(0)?.Snapshots ?? 0;

        public long Updates => All.Sum(book => book.Updates);

        public long Gaps => All.Sum(book => book.SequenceGaps);

        public int InSync => All.Count(book => book.State == BookState.InSync);

        public string Text
        {
            get
            {
                StringBuilder text = new();
                foreach (BookSide side in (BookSide[])[_books.BookOf(0)!.Book!.Bids, _books.BookOf(0)!.Book!.Asks])
                {
                    for (int i = 0; i < side.Count; i++) text.Append($"{side.PriceAt(i)}x{side.QuantityAt(i)} ");
                }

                return text.ToString();
            }
        }

        private IEnumerable<InstrumentBook> All =>
            Enumerable.Range(0, _symbols.Count).Select(_books.BookOf).OfType<InstrumentBook>();

        public void Take(JsonElement said)
        {
            _parser.Parse(Encoding.UTF8.GetBytes(said.GetRawText()), _batch);
            foreach (ref readonly MarketEvent e in _batch.Events) _books.OnEvent(in e, 0);
        }
    }
}
