using TradingBot.Market.Book;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Book;

/// <summary>Feeds a book stage with hand-written messages; levels as (price, quantity) mantissas.</summary>
internal sealed class BookFeed
{
    public const int Id = 0;

    private long _sequence;

    public BookFeed(int depthDefault = 0, bool cutToDepth = true, Dialect dialect = Dialect.SpotV2)
    {
        Dialect = dialect;
        Symbols = new SymbolTable();
        Symbols.IdOf(dialect, "BTC/USD"u8);
        Symbols.IdOf(dialect, "ETH/USD"u8);
        Stage = new BookStage(new ScaleTable(Symbols), 1, depthDefault, cutToDepth);
    }

    public Dialect Dialect { get; }

    public SymbolTable Symbols { get; }

    public BookStage Stage { get; }

    public byte PriceDecimals { get; set; } = 1;

    public byte QuantityDecimals { get; set; } = 8;

    public long ExchangeTimeNs { get; set; } = 1_000;

    public InstrumentBook State => Stage.BookOf(Id)!;

    public BookRecord Record => Stage.Records[0];

    public void Event(
        EventKind kind, EventFlags flags = EventFlags.None, int id = Id, long price = 0, long quantity = 0,
        long number = 0, int detail = 0, Channel channel = Channel.Book)
    {
        MarketEvent e = new()
        {
            Kind = kind,
            Flags = flags,
            InstrumentId = id,
            Price = price,
            Quantity = quantity,
            PriceDecimals = PriceDecimals,
            QuantityDecimals = QuantityDecimals,
            Number = number,
            Detail = detail,
            Channel = channel,
            Dialect = Dialect,
            ExchangeTimeNs = ExchangeTimeNs,
        };
        Stage.OnEvent(in e, _sequence++);
    }

    /// <summary>A whole message without checksum or sequence unless one is given.</summary>
    public void Message(bool snapshot, (long Price, long Quantity)[] bids, (long Price, long Quantity)[] asks,
        uint? checksum = null, long? sequence = null, int id = Id)
    {
        EventFlags shared = snapshot ? EventFlags.Snapshot : EventFlags.None;
        EventFlags first = EventFlags.First;
        foreach ((long price, long quantity) in bids)
        {
            Event(EventKind.BookLevel, shared | first | EventFlags.Buy, id, price, quantity);
            first = EventFlags.None;
        }

        foreach ((long price, long quantity) in asks)
        {
            Event(EventKind.BookLevel, shared | first | EventFlags.Sell, id, price, quantity);
            first = EventFlags.None;
        }

        EventFlags proof = checksum is not null ? EventFlags.HasChecksum
            : sequence is not null ? EventFlags.HasSequence : EventFlags.None;
        Event(EventKind.BookEnd, shared | first | proof, id, number: checksum ?? sequence ?? 0);
    }

    public void Snapshot((long Price, long Quantity)[] bids, (long Price, long Quantity)[] asks,
        uint? checksum = null, long? sequence = null, int id = Id) => Message(true, bids, asks, checksum, sequence, id);

    public void Update((long Price, long Quantity)[] bids, (long Price, long Quantity)[] asks,
        uint? checksum = null, long? sequence = null, int id = Id) =>
        Message(false, bids, asks, checksum, sequence, id);

    /// <summary>The checksum the book would have after the message, computed on a book of its own.</summary>
    public static uint ChecksumOf((long Price, long Quantity)[] bids, (long Price, long Quantity)[] asks)
    {
        OrderBook book = new(1_000);
        foreach ((long price, long quantity) in bids) book.Bids.Apply(price, quantity);
        foreach ((long price, long quantity) in asks) book.Asks.Apply(price, quantity);
        return book.Checksum;
    }
}
