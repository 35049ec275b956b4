using System;
using System.Linq;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using TradingBot.Simulation.Loopback;
using TradingBot.Simulation.Venue;
using Xunit;

namespace TradingBot.Tests.Loopback;

/// <summary>Public sockets over the network of this machine, in real time.</summary>
public sealed class LoopbackPublicTests
{
    private const int ChecksumsWanted = 5;

    private const string SpotBook = "{\"method\":\"subscribe\",\"params\":{\"channel\":\"book\",\"depth\":10,"
        + "\"symbol\":[\"BTC/USD\",\"ETH/USD\",\"SOL/USD\",\"DOGE/USD\",\"ADA/USD\"]},\"req_id\":1}";

    private const string UnifiedBook = "{\"method\":\"subscribe\",\"params\":{\"channel\":\"book\",\"depth\":10,"
        + "\"asset_class\":\"derivatives\",\"symbol\":[\"PF_XBTUSD\",\"PF_ETHUSD\",\"PF_SOLUSD\",\"PF_DOGEUSD\","
        + "\"PF_ADAUSD\"]},\"req_id\":1}";

    private const string UnifiedInstrument =
        "{\"method\":\"subscribe\",\"params\":{\"channel\":\"instrument\",\"asset_class\":\"derivatives\"}}";

    private const string SpotInstrument = "{\"method\":\"subscribe\",\"params\":{\"channel\":\"instrument\"}}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_public_address_greets_with_its_status()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        Assert.Equal("127.0.0.1", kraken.RestUrl.Host);
        foreach (Uri url in new[] { kraken.SpotPublicUrl, kraken.UnifiedPublicUrl, kraken.UnifiedPrivateUrl })
        {
            using LoopbackClient client = await LoopbackClient.ConnectAsync(url);
            await client.NextAsync();
            Assert.StartsWith("{\"channel\":\"status\"", client.Heard[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Dialect.SpotV2)]
    [InlineData(Dialect.Unified)]
    public async Task A_book_is_acknowledged_shown_and_kept_with_right_checksums(Dialect dialect)
    {
        bool isSpot = dialect == Dialect.SpotV2;
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        using LoopbackClient client =
            await LoopbackClient.ConnectAsync(isSpot ? kraken.SpotPublicUrl : kraken.UnifiedPublicUrl);
        await client.SendAsync(isSpot ? SpotInstrument : UnifiedInstrument);
        await client.SendAsync(isSpot ? SpotBook : UnifiedBook);

        SymbolTable symbols = new();
        FrameParser parser = new(dialect, symbols, new WireCounters());
        BookStage stage = new(new ScaleTable(symbols), 1);
        EventBatch batch = new();
        long sequence = 0;
        while (Books().Sum(book => book.ChecksumsVerified) < ChecksumsWanted || Books().Length < 5)
        {
            string? text = await client.NextAsync();
            Assert.NotNull(text);
            Assert.Equal(ParseResult.Ok, parser.Parse(Encoding.UTF8.GetBytes(text), batch));
            foreach (ref readonly MarketEvent e in batch.Events) stage.OnEvent(in e, sequence++);
        }

        Assert.All(Books(), book => Assert.Equal(0, book.ChecksumMismatches + book.Crossed));
        int acknowledged = client.Heard.FindIndex(t => t.Contains("\"method\":\"subscribe\"", StringComparison.Ordinal)
            && t.Contains("\"req_id\":1", StringComparison.Ordinal));
        Assert.InRange(acknowledged, 0, client.Heard.Count);
        Assert.True(JsonDocument.Parse(client.Heard[acknowledged]).RootElement.GetProperty("success").GetBoolean());
        Assert.Contains(client.Heard, t => t.StartsWith("{\"channel\":\"book\",\"type\":\"snapshot\"",
            StringComparison.Ordinal));

        InstrumentBook[] Books() =>
            [.. Enumerable.Range(0, symbols.Count).Select(id => stage.BookOf(id)).OfType<InstrumentBook>()];
    }

    [Fact]
    public async Task Fragments_of_a_message_are_joined()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        using LoopbackClient client = await LoopbackClient.ConnectAsync(kraken.SpotPublicUrl);
        await client.SendAsync("{\"method\":\"pi", WebSocketMessageType.Text, endOfMessage: false);
        await client.SendAsync("ng\",\"req_id\":7}", WebSocketMessageType.Text, endOfMessage: true);
        Assert.Equal(7, (await client.HearAsync("\"pong\"")).GetProperty("req_id").GetInt32());
        await client.SendAsync("{\"method\":\"ping\",\"req_id\":8}");
        Assert.Equal(8, (await client.HearAsync("\"pong\"")).GetProperty("req_id").GetInt32());
    }

    [Theory]
    [InlineData(WebSocketMessageType.Binary, 2, WebSocketCloseStatus.InvalidMessageType)]
    [InlineData(WebSocketMessageType.Text, (1 << 20) + 1, WebSocketCloseStatus.MessageTooBig)]
    public async Task What_is_no_text_or_too_long_closes_the_socket(
        WebSocketMessageType type, int length, WebSocketCloseStatus status)
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        // Many times: the venue's own frames must not get between the refusal and the close.
        for (int turn = 0; turn < 30; turn++)
        {
            using LoopbackClient client = await LoopbackClient.ConnectAsync(kraken.SpotPublicUrl);
            await Task.Delay(TimeSpan.FromMilliseconds(turn), Cancellation);
            await client.SendAsync(new string(' ', length), type, endOfMessage: true);
            Assert.Equal(status, await client.HearCloseAsync());
        }

        Assert.Equal(0, kraken.SlowClients);
    }

    [Fact]
    public async Task A_client_that_vanishes_or_closes_leaves_the_others_alone()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        using LoopbackClient stays = await LoopbackClient.ConnectAsync(kraken.UnifiedPublicUrl);
        using LoopbackClient vanishes = await LoopbackClient.ConnectAsync(kraken.UnifiedPublicUrl);
        using LoopbackClient closes = await LoopbackClient.ConnectAsync(kraken.UnifiedPublicUrl);
        foreach (LoopbackClient client in new[] { stays, vanishes, closes }) await client.SendAsync(UnifiedBook);
        foreach (LoopbackClient client in new[] { stays, vanishes, closes }) await client.HearAsync("\"snapshot\"");
        vanishes.Vanish();
        await closes.CloseAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, closes.CloseStatus);
        while (kraken.Clients > 1) await Task.Delay(5, Cancellation);

        Assert.Equal(0, kraken.SlowClients);
        await stays.HearAsync("\"update\"");
        await stays.SendAsync("{\"method\":\"ping\",\"req_id\":9}");
        Assert.Equal(9, (await stays.HearAsync("\"pong\"")).GetProperty("req_id").GetInt32());
        Assert.False(kraken.Completion.IsCompleted);
    }

    [Fact]
    public async Task Two_servers_stand_side_by_side_and_a_taken_port_is_refused()
    {
        await using LoopbackKraken first = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        await using LoopbackKraken second = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        Assert.NotEqual(first.RestUrl.Port, second.RestUrl.Port);
        using LoopbackClient one = await LoopbackClient.ConnectAsync(first.SpotPublicUrl);
        using LoopbackClient two = await LoopbackClient.ConnectAsync(second.SpotPublicUrl);
        Assert.NotNull(await one.NextAsync());
        Assert.NotNull(await two.NextAsync());
        await Assert.ThrowsAsync<System.IO.IOException>(
            () => LoopbackKraken.StartAsync(new VenueOptions(), first.RestUrl.Port, Cancellation));

        await first.DisposeAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await one.HearCloseAsync());
        await Assert.ThrowsAsync<WebSocketException>(() => LoopbackClient.ConnectAsync(first.SpotPublicUrl));
        await two.SendAsync("{\"method\":\"ping\",\"req_id\":3}");
        await two.HearAsync("\"pong\"");
        Assert.True(first.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_socket_address_asked_without_upgrade_says_so()
    {
        await using LoopbackKraken kraken = await LoopbackKraken.StartAsync(new VenueOptions(), 0, Cancellation);
        using System.Net.Http.HttpClient http = new(new System.Net.Http.SocketsHttpHandler());
        using System.Net.Http.HttpResponseMessage answer =
            await http.GetAsync(new Uri(kraken.RestUrl, "/v2"), Cancellation);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
    }
}
