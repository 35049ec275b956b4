// What scripts do to the venue, and who writes down what happens there.
using System;

namespace TradingBot.Simulation.Venue;

public sealed partial class SimulatedKraken
{
    /// <summary>For scripts: the venue closes every socket of an endpoint now, or only one.</summary>
    public void HangUp(VenueEndpoint endpoint, int? only = null)
    {
        foreach (VenueConnection connection in _connections)
        {
            bool isMeant = connection.Endpoint == endpoint && (only ?? connection.Id) == connection.Id;
            if (isMeant) _post.Hang(connection, _nowNs);
        }
    }

    /// <summary>For scripts: every socket of an endpoint becomes a black hole now, or only one.</summary>
    public void Mute(VenueEndpoint endpoint, int? only = null)
    {
        foreach (VenueConnection connection in _connections)
        {
            if (connection.Endpoint == endpoint && (only ?? connection.Id) == connection.Id) connection.IsMute = true;
        }
    }

    /// <summary>For scripts: a maintenance whose times count from now.</summary>
    public void Maintain(MaintenanceCycle cycle)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        _modes.Begin(cycle, _nowNs);
        if (cycle.Announced <= TimeSpan.Zero) ChangeMode();
    }

    /// <summary>For scripts: a perpetual and its spot market go a way from now on.</summary>
    /// <param name="symbol">The perpetual.</param>
    /// <param name="ppm">How far, in millionths of the price; negative is down.</param>
    /// <param name="length">How long it takes; zero: they jump.</param>
    public void Move(string symbol, int ppm, TimeSpan length)
    {
        PerpetualMarket market = MarketOf(symbol);
        market.Move(ppm, (_nowNs - _options.StartNs) / MicroNs, length.Ticks / TimeSpan.TicksPerMicrosecond);
        _clock.Touch(Array.IndexOf(_markets, market));
    }

    /// <summary>For scripts: the index of a perpetual fails, its market closes, or it is back.</summary>
    public void SetIndex(string symbol, IndexState state) => MarketOf(symbol).SetIndex(state);

    /// <summary>For scripts: orders of a perpetual rest, and nothing matches or triggers, until it is lifted.</summary>
    public void Suspend(string symbol, bool suspended)
    {
        PerpetualMarket market = MarketOf(symbol);
        market.SetStatus(suspended ? PerpetualMarket.Suspended : PerpetualMarket.Online);
        _public.TellInstrument(market.Perpetual, isSpot: false, _nowNs);
    }

    /// <summary>For scripts: a perpetual is traded no more. Its orders end, and a position of it is settled at mark: it
    /// is gone without a trade.</summary>
    public void Delist(string symbol)
    {
        PerpetualMarket market = MarketOf(symbol);
        int index = Array.IndexOf(_markets, market);
        _engine.EndAll(index, "delisted", _nowNs);
        TellPerpetuals();
        _ledger.SettleAt(index, market.MarkPrice, _nowNs);
        _engine.Settled(index, _nowNs);
        market.SetStatus(PerpetualMarket.Delisted);
        _private.TellPosition(index, _nowNs);
        TellPerpetuals();
        _public.TellInstrument(market.Perpetual, isSpot: false, _nowNs);
    }

    /// <summary>For scripts: a perpetual goes on under another symbol, with its orders and positions.</summary>
    public void Rename(string symbol, string to)
    {
        PerpetualMarket market = MarketOf(symbol);
        _public.TellInstrument(market.Perpetual, isSpot: false, _nowNs);
        market.Perpetual.Relist(to, PerpetualMarket.Online);
        _public.TellInstrument(market.Perpetual, isSpot: false, _nowNs);
        _private.TellPosition(Array.IndexOf(_markets, market), _nowNs);
    }

    /// <summary>Told of everything that happens to orders of the account of perpetuals.</summary>
    public void Watch(Action<VenueNews> told)
    {
        ArgumentNullException.ThrowIfNull(told);
        _private.Told = report => told(new VenueNews(
            report.TimeNs, _markets[report.Order.Market].Symbol, VenueNews.WordOf(report), report.Order.Id,
            report.Order.Ticket.ClientId, report.Order.IsBuy, report.Order.Ticket.Type,
            report.Order.Ticket.IsLiquidation, report.Fill?.Lots ?? report.Lots,
            report.Fill?.Price ?? (report.Order.IsStop ? report.TriggerPrice : report.LimitPrice), report.Reason,
            _markets[report.Order.Market].PriceDecimals, _markets[report.Order.Market].QuantityDecimals));
    }

    private PerpetualMarket MarketOf(string symbol) => Array.Find(_markets, market => market.Symbol == symbol)
        ?? throw new ArgumentException($"The simulated venue lists no {symbol}.", nameof(symbol));

    /// <summary>Tells the account, and the public, what may have changed of the perpetuals.</summary>
    private void TellPerpetuals()
    {
        TellAccount();
        foreach (int market in _engine.Touched) TellBook(_markets[market].Perpetual, market, _engine);
        _engine.Touched.Clear();
    }
}

/// <summary>One thing that happened to an order; mantissas at the decimals given.</summary>
/// <param name="TimeNs">When, Unix ns.</param>
/// <param name="What">new, trade, filled, canceled, amended or triggered.</param>
/// <param name="Lots">Of a trade what was traded, else the order's quantity.</param>
/// <param name="Price">Of a trade its price, of a stop its trigger, else the limit; 0 = none.</param>
/// <param name="Reason">Why it ended; empty where nobody asks.</param>
public sealed record VenueNews(
    long TimeNs, string Symbol, string What, string OrderId, string ClientId, bool IsBuy, VenueOrderType Type,
    bool IsLiquidation, long Lots, long Price, string Reason, int PriceDecimals, int QuantityDecimals)
{
    internal static string WordOf(in ExecutionReport report) => report.Kind switch
    {
        ReportKind.New => "new",
        ReportKind.Trade => "trade",
        ReportKind.Filled => "filled",
        ReportKind.Canceled => "canceled",
        ReportKind.Amended => "amended",
        _ => "triggered",
    };
}
