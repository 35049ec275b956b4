using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Tests.Venue;

/// <summary>An order as the naive account keeps it: dollars and coins, in decimals.</summary>
internal sealed class NaiveOrder
{
    public required bool IsBuy { get; init; }

    public required bool HasLimit { get; init; }

    public required bool IsStop { get; init; }

    public required bool ImmediateOrCancel { get; init; }

    public required decimal Quantity { get; set; }

    public decimal Limit { get; set; }

    public decimal Trigger { get; set; }

    /// <summary>How far a trailing stop's trigger stays behind the best price; 0 for all others.</summary>
    public decimal Trail { get; init; }

    public decimal Filled { get; set; }

    /// <summary>Σ price × quantity of its fills, exact; likewise the fees they owe.</summary>
    public decimal Cost { get; set; }

    public decimal Fee { get; set; }

    public decimal Ahead { get; set; }

    /// <summary>waiting, triggered, resting, filled or canceled.</summary>
    public string State { get; set; } = "resting";

    public decimal Rest => Quantity - Filled;

    public bool IsLive => State is "waiting" or "triggered" or "resting";

    public int Sign => IsBuy ? 1 : -1;
}

/// <summary>
/// The slow twin of matching and of the spot ledger: written from the rules, in decimals, without a glance at speed.
/// </summary>
/// <remarks>It shares no code and no type with what it checks. Fees are of the lowest tier.</remarks>
internal sealed class NaiveSpot(decimal dollars, bool buysPayInBase)
{
    private const decimal Taker = 0.0040m;
    private const decimal Maker = 0.0025m;
    private const decimal Protection = 0.01m;
    private const decimal Tick = 0.1m;

    private readonly List<NaiveOrder> _orders = [];

    public decimal Dollars { get; private set; } = dollars;

    public decimal Coins { get; private set; }

    /// <summary>What everybody else has less, or more, since the start.</summary>
    public (decimal Dollars, decimal Coins) Others { get; private set; }

    public decimal Last { get; set; }

    /// <summary>Levels of the background, best first.</summary>
    public List<(decimal Price, decimal Quantity)> Bids { get; private set; } = [];

    public List<(decimal Price, decimal Quantity)> Asks { get; private set; } = [];

    public IEnumerable<NaiveOrder> Live => _orders.Where(order => order.IsLive);

    public void Book(IEnumerable<(decimal, decimal)> bids, IEnumerable<(decimal, decimal)> asks)
    {
        Bids = [.. bids];
        Asks = [.. asks];
    }

    public decimal HeldDollars => Live.Sum(Held);

    public decimal HeldCoins => Live.Where(order => !order.IsBuy).Sum(order => order.Rest);

    /// <summary>Whether the order is taken.</summary>
    public bool Place(NaiveOrder order, bool postOnly)
    {
        decimal price = order.HasLimit ? order.Limit : order.IsStop ? order.Trigger
            : order.IsBuy ? Asks[0].Price : Bids[0].Price;
        if (order.Trail > 0) price = Last + (order.Sign * order.Trail);
        if (order.Quantity < 0.00005m || Up(price * order.Quantity) < 0.5m) return false;
        if (postOnly && (order.IsBuy ? order.Limit >= Asks[0].Price : order.Limit <= Bids[0].Price)) return false;
        decimal needed = order.IsBuy ? CostOf(order, price, order.Quantity) : order.Quantity;
        if (needed > (order.IsBuy ? Dollars - HeldDollars : Coins - HeldCoins)) return false;
        _orders.Add(order);
        if (order.Trail > 0) order.Trigger = price;
        order.State = order.IsStop ? "waiting" : "resting";
        if (!order.IsStop) Meet(order);
        return true;
    }

    public bool Amend(NaiveOrder order, decimal quantity, decimal limit)
    {
        if (quantity < 0.00005m) return false;
        decimal rest = Math.Max(quantity - order.Filled, 0);
        decimal free = order.IsBuy ? Dollars - HeldDollars + Held(order) : Coins - HeldCoins + order.Rest;
        decimal price = order.HasLimit ? limit : order.Trigger;
        if ((order.IsBuy ? CostOf(order, price, rest) : rest) > free) return false;
        bool keeps = limit == order.Limit && quantity <= order.Quantity;
        order.Quantity = Math.Max(quantity, order.Filled);
        order.Limit = limit;
        if (order.Rest == 0) order.State = "canceled";
        else if (order.State == "resting" && !keeps) Meet(order);
        return true;
    }

    /// <summary>Somebody else trades: whoever of ours is better, or next in the queue, fills.</summary>
    public void Flow(bool takerBuys, decimal price, decimal quantity)
    {
        foreach (NaiveOrder order in InBook().ToArray())
        {
            if (order.IsBuy == takerBuys || quantity <= 0) continue;
            if ((order.Limit - price) * order.Sign < 0) continue;
            decimal reached = quantity;
            if (order.Limit == price)
            {
                reached = quantity - order.Ahead;
                order.Ahead = Math.Max(order.Ahead - quantity, 0);
            }

            decimal filled = Math.Min(reached, order.Rest);
            if (filled <= 0) continue;
            Fill(order, order.Limit, filled, Maker);
            quantity -= filled;
        }
    }

    /// <summary>The market moved on: what was triggered meets the book, quotes come through, stops trigger.</summary>
    public void Step()
    {
        foreach (NaiveOrder order in Sorted("triggered").ToArray())
        {
            if (order.HasLimit) order.State = "resting";
            Meet(order);
        }

        foreach (NaiveOrder order in InBook().ToArray())
        {
            List<(decimal Price, decimal Quantity)> side = order.IsBuy ? Asks : Bids;
            while (order.IsLive && side.Count > 1 && (order.Limit - side[0].Price) * order.Sign >= 0)
            {
                decimal quantity = Math.Min(side[0].Quantity, order.Rest);
                Take(side, quantity);
                Fill(order, order.Limit, quantity, Maker);
            }

            if (order.IsLive) order.Ahead = Math.Min(order.Ahead, Shown(order));
        }

        foreach (NaiveOrder order in Live.Where(order => order.State == "waiting"))
        {
            if (order.Trail > 0)
            {
                decimal behind = Last + (order.Sign * order.Trail);
                order.Trigger = order.IsBuy ? Math.Min(order.Trigger, behind) : Math.Max(order.Trigger, behind);
            }

            // Only stop-losses are made here: a sell waits for a fall, a buy for a rise.
            if ((Last - order.Trigger) * order.Sign >= 0) order.State = "triggered";
        }
    }

    private void Meet(NaiveOrder order)
    {
        List<(decimal Price, decimal Quantity)> side = order.IsBuy ? Asks : Bids;
        decimal away = Math.Floor(side[0].Price * Protection / Tick) * Tick;
        decimal worst = order.HasLimit ? order.Limit : side[0].Price + (order.Sign * away);
        while (order.Rest > 0 && side.Count > 1 && (worst - side[0].Price) * order.Sign >= 0)
        {
            decimal price = side[0].Price;
            if (InBook().Any(own => own.IsBuy != order.IsBuy && (price - own.Limit) * order.Sign >= 0))
            {
                order.State = "canceled";
                return;
            }

            decimal quantity = Math.Min(side[0].Quantity, Affordable(order, price));
            if (quantity == 0) break;
            Take(side, quantity);
            Fill(order, price, quantity, Taker);
        }

        if (!order.IsLive) return;
        bool rests = order.HasLimit && !order.ImmediateOrCancel;
        if (rests) order.Ahead = Shown(order);
        else order.State = "canceled";
    }

    private void Fill(NaiveOrder order, decimal price, decimal quantity, decimal rate)
    {
        decimal before = order.IsBuy ? Up(order.Cost) : Down(order.Cost);
        decimal feeBefore = FeeOf(order);
        order.Cost += price * quantity;
        order.Fee += (InCoins(order) ? quantity : price * quantity) * rate;
        decimal cost = (order.IsBuy ? Up(order.Cost) : Down(order.Cost)) - before;
        decimal fee = FeeOf(order) - feeBefore;
        decimal dollars = (-order.Sign * cost) - (InCoins(order) ? 0 : fee);
        decimal coins = (order.Sign * quantity) - (InCoins(order) ? fee : 0);
        Dollars += dollars;
        Coins += coins;
        Others = (Others.Dollars - dollars, Others.Coins - coins);
        order.Filled += quantity;
        Last = price;
        if (order.Rest == 0) order.State = "filled";
    }

    /// <summary>The most of the rest that can be paid for: halving a lot of 10⁻⁸ at a time.</summary>
    private decimal Affordable(NaiveOrder order, decimal price)
    {
        decimal free = order.IsBuy ? Dollars - HeldDollars + Held(order) : Coins - HeldCoins + order.Rest;
        if (!order.IsBuy) return Math.Min(order.Rest, free);
        if (CostOf(order, price, order.Rest) <= free) return order.Rest;
        decimal guess = Math.Floor(Math.Max(free, 0) / price * 100_000_000) / 100_000_000;
        while (guess > 0 && CostOf(order, price, guess) > free)
        {
            decimal over = CostOf(order, price, guess) - free;
            guess -= Math.Max(Math.Floor(over / (2 * price) * 100_000_000), 1) / 100_000_000;
        }

        return Math.Max(guess, 0);
    }

    private decimal Held(NaiveOrder order)
    {
        bool holds = order.IsBuy && (order.HasLimit || order.IsStop);
        return holds ? CostOf(order, order.HasLimit ? order.Limit : order.Trigger, order.Rest) : 0;
    }

    private decimal CostOf(NaiveOrder order, decimal price, decimal quantity)
    {
        decimal cost = Up(order.Cost + (price * quantity)) - Up(order.Cost);
        if (InCoins(order)) return cost;
        return cost + Up(order.Fee + (price * quantity * Taker)) - Up(order.Fee);
    }

    private bool InCoins(NaiveOrder order) => order.IsBuy && buysPayInBase;

    private decimal FeeOf(NaiveOrder order) => InCoins(order)
        ? Math.Ceiling(order.Fee * 10_000_000_000) / 10_000_000_000
        : Up(order.Fee);

    private IEnumerable<NaiveOrder> InBook() => Sorted("resting");

    /// <summary>Best limit first, then the elder.</summary>
    private IEnumerable<NaiveOrder> Sorted(string state) =>
        _orders.Where(order => order.State == state).OrderBy(order => -order.Sign * order.Limit);

    private decimal Shown(NaiveOrder order) =>
        (order.IsBuy ? Bids : Asks).Where(level => level.Price == order.Limit).Sum(level => level.Quantity);

    private static void Take(List<(decimal Price, decimal Quantity)> side, decimal quantity)
    {
        if (quantity == side[0].Quantity) side.RemoveAt(0);
        else side[0] = (side[0].Price, side[0].Quantity - quantity);
    }

    private static decimal Up(decimal dollars) => Math.Ceiling(dollars * 10_000) / 10_000;

    private static decimal Down(decimal dollars) => Math.Floor(dollars * 10_000) / 10_000;
}
