using System;
using System.Globalization;
using System.Text.Json;
using TradingBot.Market.Values;
using TradingBot.Trading;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <summary>What the worker did, summed over its lives; each is taken in at its end.</summary>
internal sealed class CircleFigures
{
    private readonly long[] _refused = new long[(int)Refusal.ClockSkew + 1];
    private readonly long[] _entriesRefused = new long[(int)EntryRefusal.LeaseLapsed + 1];
    private StableHash _commands;

    public int Lives { get; private set; }

    public long Frames { get; private set; }

    public long Errors { get; private set; }

    public long Verified { get; private set; }

    public long Mismatches { get; private set; }

    public long Bars { get; private set; }

    public long Signals { get; private set; }

    public long Approved { get; private set; }

    /// <summary>Entries that were sent.</summary>
    public long Entries { get; private set; }

    /// <summary>Entries that did not leave, because the process stood still after it had decided them.</summary>
    public long EntriesLate { get; private set; }

    /// <summary>Orders of any role that are durable in the intent log; the orders sent, when all is well.</summary>
    public long Intents { get; private set; }

    /// <summary>Orders of any role that were sent.</summary>
    public long Orders { get; private set; }

    public long PartialFills { get; private set; }

    public long StopsHit { get; private set; }

    public long TakeProfitsHit { get; private set; }

    /// <summary>The venue's answers to orders placed.</summary>
    public (long Accepted, long Refused, long Unknown) Outcomes { get; private set; }

    /// <summary>Result of what was closed, in quote currency, before fees.</summary>
    public double Realised { get; private set; }

    /// <summary>Commands a dry run decided and did not send.</summary>
    public long Unsent { get; private set; }

    public long Fills { get; private set; }

    public long Unknowns { get; private set; }

    /// <summary>Moves of a stop that were not done.</summary>
    public long MovesRefused { get; private set; }

    public long Adopted { get; private set; }

    public long Resyncs { get; private set; }

    public long Reconnects { get; private set; }

    public long Resubscribes { get; private set; }

    /// <summary>Subscriptions of the last life at its end.</summary>
    public int Wanted { get; private set; }

    public int Confirmed { get; private set; }

    /// <summary>Longest time without a proven stop, by the worker's own count.</summary>
    public long UnprotectedNs { get; private set; }

    /// <summary>Positions open at the end of the last life.</summary>
    public int Open { get; private set; }

    public ulong CommandHash => _commands.Value;

    public string State { get; private set; } = "";

    /// <summary>Hash of what the feed alone decided: a replay of the run's recording ends with the same.</summary>
    public string Market { get; private set; } = "";

    public void TakeIn(CircleWorker worker)
    {
        ProtectionStage protection = worker.Protection;
        Lives++;
        Frames += worker.Wire.Frames;
        Errors += worker.Wire.Errors;
        Bars += worker.Engine.Bars.Log.Next;
        Signals += worker.Engine.Signals.Log.Next;
        Approved += worker.Engine.Gate.Orders.Next;
        Entries += protection.CountOf(EntryRefusal.None);
        for (int reason = 1; reason < _entriesRefused.Length; reason++)
        {
            _entriesRefused[reason] += protection.CountOf((EntryRefusal)reason);
        }

        EntriesLate += worker.EntriesLate;
        Intents += worker.Intents;
        Orders += worker.Orders;
        Unsent += worker.Unsent;
        Fills += protection.Counters.Fills;
        Unknowns += protection.Counters.Unknowns;
        MovesRefused += protection.Counters.MovesRefused;
        Adopted += protection.Counters.PositionsAdopted;
        Resyncs += worker.Resyncs;
        TakeIn(worker.Diary);
        TakeInSockets(worker);
        UnprotectedNs = Math.Max(UnprotectedNs, protection.UnprotectedNsMax);
        _commands.Add(worker.CommandHash);
        Open = 0;
        for (int i = 0; i < protection.PositionCount; i++) Open += protection.PositionAt(i).Quantity != 0 ? 1 : 0;
        for (int id = 0; id < worker.Symbols.Count; id++) TakeIn(worker, id);
    }

    /// <summary>Hashes the worker's whole state: for the end of a run, not for a look in between.</summary>
    public void TakeState(CircleWorker worker)
    {
        State = StateHash.Of(worker.Engine);
        Market = StateHash.OfMarket(worker.Engine);
    }

    /// <summary>The figures every report of a run has.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("starts", Lives);
        json.WriteNumber("frames", Frames);
        json.WriteNumber("parse_errors", Errors);
        json.WriteNumber("checksums_verified", Verified);
        json.WriteNumber("checksum_mismatches", Mismatches);
        json.WriteNumber("resyncs", Resyncs);
        json.WriteNumber("reconnects", Reconnects);
        json.WriteNumber("resubscribes", Resubscribes);
        json.WriteNumber("subscriptions_wanted", Wanted);
        json.WriteNumber("subscriptions_confirmed", Confirmed);
        json.WriteNumber("bars", Bars);
        json.WriteNumber("signals", Signals);
        json.WriteNumber("approved", Approved);
        json.WriteStartObject("refused");
        for (int reason = 1; reason < _refused.Length; reason++)
        {
            if (_refused[reason] > 0) json.WriteNumber(ReplayReport.NameOf((Refusal)reason), _refused[reason]);
        }

        json.WriteEndObject();
        json.WriteNumber("entries", Entries);
        json.WriteNumber("entries_late", EntriesLate);
        json.WriteStartObject("entries_refused");
        for (int reason = 1; reason < _entriesRefused.Length; reason++)
        {
            if (_entriesRefused[reason] > 0) json.WriteNumber(NameOf((EntryRefusal)reason), _entriesRefused[reason]);
        }

        json.WriteEndObject();
        json.WriteNumber("stop_moves_refused", MovesRefused);
        json.WriteNumber("intents", Intents);
        json.WriteNumber("orders", Orders);
        json.WriteNumber("unsent", Unsent);
        json.WriteNumber("partial_fills", PartialFills);
        json.WriteNumber("stops_hit", StopsHit);
        json.WriteNumber("take_profits_hit", TakeProfitsHit);
        json.WriteNumber("result_realised", Math.Round(Realised, 4));
        json.WriteNumber("positions_adopted", Adopted);
        json.WriteNumber("unprotected_seconds_max", Math.Round(UnprotectedNs / 1e9, 3));
        json.WriteNumber("unknown_outcomes", Unknowns);
        json.WriteString("command_hash", CommandHash.ToString("x16", CultureInfo.InvariantCulture));
        if (State.Length > 0) json.WriteString("state_hash", State);
        if (Market.Length > 0) json.WriteString("market_hash", Market);
    }

    /// <summary>The word for a reason in reports, as <c>not_reconciled</c>.</summary>
    public static string NameOf(EntryRefusal refusal) =>
        WordOf(refusal.ToString());

    /// <summary>A name of the code as reports and scenarios have it: <c>VenueRefuses</c> is
    /// <c>venue_refuses</c>.</summary>
    public static string WordOf(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private void TakeIn(AccountDiary diary)
    {
        PartialFills += diary.PartialFills;
        StopsHit += diary.StopsHit;
        TakeProfitsHit += diary.TakeProfitsHit;
        Realised += diary.Realised;
        Outcomes = (
            Outcomes.Accepted + diary.Accepted, Outcomes.Refused + diary.Refused, Outcomes.Unknown + diary.Unknown);
    }

    private void TakeInSockets(CircleWorker worker)
    {
        Wanted = 0;
        Confirmed = 0;
        foreach (CircleSocket socket in worker.Sockets)
        {
            Reconnects += socket.Watch.Losses;
            Resubscribes += socket.Feed?.Resubscribes ?? 0;
            Wanted += socket.Feed?.Wanted ?? 0;
            Confirmed += socket.Feed?.Confirmed ?? 0;
        }
    }

    private void TakeIn(CircleWorker worker, int id)
    {
        if (worker.Engine.Books.BookOf(id) is { } book)
        {
            Verified += book.ChecksumsVerified;
            Mismatches += book.ChecksumMismatches;
        }

        for (int reason = 1; reason < _refused.Length; reason++)
        {
            _refused[reason] += worker.Engine.Gate.CountOf(id, (Refusal)reason);
        }
    }
}
