using TradingBot.Kraken.Orders;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <content>From a decision to its bytes: durable first, and an entry that comes too late not at all.</content>
internal sealed partial class CircleWorker
{
    /// <summary>Entries that did not leave, because the process stood still after it had decided them.</summary>
    public long EntriesLate { get; private set; }

    private void Submit(in OrderCommand command, long nowNs)
    {
        _commands.Add(command.Id.High);
        _commands.Add(command.Id.Low);
        _commands.Add(((ulong)command.Kind << 24) | ((ulong)command.Type << 16) | ((ulong)command.Side << 8));
        _commands.AddDecimal(command.Quantity, command.QuantityDecimals);
        _commands.AddDecimal(command.LimitPrice, command.PriceDecimals);
        _commands.AddDecimal(command.TriggerPrice, command.PriceDecimals);
        _commands.Add(command.ImmediateOrCancel ? 1UL : 0UL);
        _commands.Add(nowNs);
        bool protective = command.ReduceOnly || command.Kind is CommandKind.Cancel or CommandKind.Amend;
        if (command.Kind != CommandKind.Snapshot)
        {
            IntentRecord record = CircleRecords.Of(in command, _symbols, Epoch);
            bool durable = _log.TryAppend(in record, protective) && _log.TrySync();
            if (durable && command.Kind == CommandKind.Place) Intents++;
            // Without a durable intent nothing that adds risk leaves; what reduces it does, under its computed id.
            if (_options.DryRun || (!durable && !protective))
            {
                Refuse(in command, nowNs);
                return;
            }
        }

        if (command.Kind == CommandKind.Place && command.Id.Role == OrderRole.Entry)
        {
            SendEntry(in command, nowNs);
            return;
        }

        if (command.Kind == CommandKind.Place) Orders++;
        Diary.OnSent(in command, nowNs);
        if (!TryInspect(in command, nowNs)) _lane.Submit(in command, nowNs);
    }

    /// <summary>The look at the clock is the last thing before the bytes: what adds risk is never sent late.</summary>
    private void SendEntry(in OrderCommand command, long nowNs)
    {
        HandOver?.Add(command.Id);
        long latestNs = command.TimeNs + _options.Protection.EntryDelayMaxNs;
        if (command.DeadlineNs != 0 && command.DeadlineNs < latestNs) latestNs = command.DeadlineNs;
        if (_wire.ClockNs > latestNs)
        {
            HandOver?.Remove(command.Id);
            EntriesLate++;
            AccountRecord late = CircleRecords.RefusedUnsent(in command);
            late.Reason = VenueReason.Deadline;
            Keep(in late, nowNs);
            Tell(in late, nowNs);
            return;
        }

        _lane.Submit(in command, nowNs);
        FlushLane(nowNs);
        Orders++;
        Entries++;
        Diary.OnSent(in command, nowNs);
    }

    /// <summary>What the lane has to say leaves now, by its socket or by requests.</summary>
    private void FlushLane(long nowNs)
    {
        if (!_private.Flush(_lane, nowNs)) OnLost(_private, nowNs);
        while (_lane.TryTakeRequest(out LaneRequest call)) _laneCalls[_wire.Request(call.Request)] = call.Number;
    }

    /// <summary>
    /// The command ends here, and the engine learns that it never left; so does the log, unless that is why.
    /// </summary>
    private void Refuse(in OrderCommand command, long nowNs)
    {
        AccountRecord refusal = CircleRecords.RefusedUnsent(in command);
        if (_options.DryRun)
        {
            Unsent++;
            Keep(in refusal, nowNs);
        }

        Tell(in refusal, nowNs);
    }

    /// <summary>Outcomes and fills are durable before the engine acts on them.</summary>
    private void Keep(in AccountRecord record, long nowNs)
    {
        bool matters = record.Kind is AccountEventKind.Accepted or AccountEventKind.Refused or AccountEventKind.Unknown
            or AccountEventKind.Fill;
        if (!matters || record.Command == CommandKind.Snapshot || record.Snapshot) return;
        IntentRecord kept = CircleRecords.Of(in record, _symbols, Epoch, nowNs);
        if (_log.TryAppend(in kept, protective: true)) _log.TrySync();
    }
}
