// In:     spot's private REST, the orders of a rehearsal.   Out: what became of each call.
// Thread: the pool's.
// Keeps:  what it placed it cancels by its id before it returns.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Health;

/// <summary>The same orders by spot REST, and every call that tells what became of them.</summary>
internal sealed class SpotRestRehearsal(
    PrivateRest rest, RehearsalPlan plan, string altname, Action<RehearsalStep> tell)
{
    private readonly List<RehearsalStep> _steps = [];
    private readonly List<KnownAnswer> _known = [];

    public IReadOnlyList<RehearsalStep> Steps => _steps;

    public IReadOnlyList<KnownAnswer> Known => _known;

    /// <summary>What may be left at the venue; empty when nothing is.</summary>
    public string Fault { get; private set; } = "";

    public async Task RunAsync(CancellationToken stop)
    {
        uint epoch = plan.Entry.Id.Epoch;
        OrderCommand entry = plan.Entry with { Id = ClientOrderId.Of(epoch, 9, OrderRole.Entry, 0) };
        OrderCommand trigger = plan.Stop with { Id = ClientOrderId.Of(epoch, 9, OrderRole.Stop, 0) };
        await ValidateAsync("validate a far limit order", entry, stop).ConfigureAwait(false);
        bool isTaken = await ValidateAsync("validate a far trigger", trigger, stop).ConfigureAwait(false);
        _known.Add(new KnownAnswer(
            "validate looks at what the account holds", isTaken ? "no, or it holds enough" : "yes"));
        await ReadAsync("read what the account holds", SpotCalls.BalanceEx, "", SpotAccountReader.ReadBalances, stop)
            .ConfigureAwait(false);
        await ReadAsync(
            "read the ledger", SpotCalls.Ledgers, "", SpotAccountReader.ReadLedger, stop, points: 2)
            .ConfigureAwait(false);
        await ReadAsync(
            "read own trades", SpotCalls.TradesHistory, "", SpotAccountReader.ReadFills, stop, points: 2)
            .ConfigureAwait(false);
        await PlaceAsync(entry, stop).ConfigureAwait(false);
        await ReadAsync("read closed orders", SpotCalls.ClosedOrders, "", SpotAccountReader.ReadClosed, stop)
            .ConfigureAwait(false);
    }

    private async Task<bool> ValidateAsync(string name, OrderCommand order, CancellationToken stop)
    {
        RestResult<SpotDone> done = await CallAsync(
            name, SpotCalls.AddOrder, SpotCalls.Place(order, altname, validate: true), SpotAccountReader.ReadDone,
            Urgency.Entry, stop).ConfigureAwait(false);
        return done.Value is not null;
    }

    private async Task PlaceAsync(OrderCommand entry, CancellationToken stop)
    {
        RestResult<SpotDone> placed = await CallAsync(
            "place it by REST", SpotCalls.AddOrder, SpotCalls.Place(entry, altname, validate: false),
            SpotAccountReader.ReadDone, Urgency.Entry, stop).ConfigureAwait(false);
        // What proves nothing is cancelled below, as what was taken.
        bool isUnknown = placed.Failure?.Class
            is RestFailureClass.TransientNetwork or RestFailureClass.BadBody or RestFailureClass.Maintenance;
        if (placed.Value is null && !isUnknown) return;
        try
        {
            string id = placed.Value?.VenueId ?? "";
            RestResult<IReadOnlyList<SpotOrderRow>> open = await ReadAsync(
                "read open orders", SpotCalls.OpenOrders, "", SpotAccountReader.ReadOpen, stop).ConfigureAwait(false);
            bool isShown = open.Value?.Any(row => row.Id == entry.Id) ?? false;
            _known.Add(new KnownAnswer("a new order in OpenOrders", isShown ? "shows at once" : "does not show yet"));
            if (id.Length > 0)
            {
                await ReadAsync(
                    "read it by its id", SpotCalls.QueryOrders, SpotCalls.Query(id), SpotAccountReader.ReadQueried,
                    stop).ConfigureAwait(false);
            }

            await CallAsync(
                "move its price by REST", SpotCalls.AmendOrder, SpotCalls.Amend(plan.Moved(entry)),
                SpotAccountReader.ReadDone, Urgency.Entry, stop).ConfigureAwait(false);
        }
        finally
        {
            RestResult<SpotDone> gone = await CallAsync(
                "cancel it by REST", SpotCalls.CancelOrder, SpotCalls.Cancel(entry.Id), SpotAccountReader.ReadDone,
                Urgency.Cancel, CancellationToken.None).ConfigureAwait(false);
            if (gone.Value is not { Count: 1 })
            {
                Fault = $"the order {SpotCalls.Cancel(entry.Id)[1..]} may be left at the venue: cancel it by hand";
            }
        }
    }

    private Task<RestResult<IReadOnlyList<T>>> ReadAsync<T>(
        string name, string path, string fields, RestReader<IReadOnlyList<T>> read, CancellationToken stop,
        int points = 1) => CallAsync(name, path, fields, read, Urgency.Resolve, stop, points);

    private async Task<RestResult<T>> CallAsync<T>(
        string name, string path, string fields, RestReader<T> read, Urgency urgency, CancellationToken stop,
        int points = 1)
        where T : class
    {
        long began = TimeProvider.System.GetTimestamp();
        RestResult<T> result =
            await rest.PostAsync(path, fields, read, urgency, stop, points).ConfigureAwait(false);
        string outcome = result.Failure is { } failure ? "refused or unknown: " + failure.Reason
            : result.Value is System.Collections.ICollection rows ? $"{rows.Count} rows" : "accepted";
        RehearsalStep step = new(name, outcome, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        _steps.Add(step);
        tell(step);
        return result;
    }
}
