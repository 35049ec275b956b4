using System;
using TradingBot.Kraken.Budgets;
using TradingBot.Trading.Orders;

namespace TradingBot.Kraken.Orders;

/// <summary>What the venue lets through: one pool of tokens for derivatives, a score per pair for spot.</summary>
internal interface IOrderBudget
{
    /// <summary>What is used by now, for people.</summary>
    int UsedAt(long nowNs);

    /// <summary>Counts the command; false, and nothing is counted, when its urgency has no room.</summary>
    bool TryTake(Urgency urgency, in OrderCommand command, long nowNs);

    /// <summary>When it would be let through if nothing else came, Unix ns.</summary>
    long FreeAtNs(Urgency urgency, in OrderCommand command, long nowNs);

    void OnVenueRefused(long nowNs);
}

/// <summary>Derivatives: every order, change and cancel costs the same.</summary>
internal sealed class TokenBudget(int limit) : IOrderBudget
{
    public RollingTokens Tokens { get; } = new(limit);

    public int UsedAt(long nowNs) => Tokens.UsedAt(nowNs);

    public bool TryTake(Urgency urgency, in OrderCommand command, long nowNs) =>
        Tokens.TryTake(urgency, RollingTokens.OrderCost, nowNs);

    public long FreeAtNs(Urgency urgency, in OrderCommand command, long nowNs) =>
        Tokens.FreeAtNs(urgency, RollingTokens.OrderCost, nowNs);

    public void OnVenueRefused(long nowNs) => Tokens.OnVenueRefused(nowNs);
}

/// <summary>Spot: a pair's score, and the age of what is changed.</summary>
internal sealed class ScoreBudget(AccountTier tier) : IOrderBudget
{
    private readonly InstrumentScores _scores = new(tier);

    public int UsedAt(long nowNs) => (int)_scores.PointsAt(nowNs);

    public bool TryTake(Urgency urgency, in OrderCommand command, long nowNs) => command.Kind switch
    {
        CommandKind.Amend => _scores.TryAmend(command.InstrumentId, KeyOf(command), urgency, nowNs),
        CommandKind.Cancel => _scores.TryCancel(command.InstrumentId, KeyOf(command), urgency, nowNs),
        _ => _scores.TryPlace(command.InstrumentId, KeyOf(command), urgency, nowNs),
    };

    public long FreeAtNs(Urgency urgency, in OrderCommand command, long nowNs)
    {
        int points = command.Kind switch
        {
            CommandKind.Amend => _scores.AmendPoints(KeyOf(command), nowNs),
            CommandKind.Cancel => _scores.CancelPoints(KeyOf(command), nowNs),
            _ => 1,
        };
        return _scores.FreeAtNs(command.InstrumentId, urgency, points, nowNs);
    }

    public void OnVenueRefused(long nowNs) => _scores.OnVenueRefused(nowNs);

    private static Int128 KeyOf(in OrderCommand command) => new(command.Id.High, command.Id.Low);
}
