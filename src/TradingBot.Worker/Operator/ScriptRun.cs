// In:     a script's acts, the worker's time and standing.   Out: the acts as inputs of the worker, when they are due.
// Thread: the worker's.
// Keeps:  I5: an act is an input of the one total order, journalled by the worker; this here only gives it its time.
using System;
using System.Collections.Generic;
using System.Text.Json;
using TradingBot.Market.Book;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Operator;

/// <summary>What became of an act.</summary>
/// <param name="Act">The act.</param>
/// <param name="TimeNs">When it was told, Unix ns.</param>
/// <param name="Refusal">Why it was not done; empty when it was.</param>
internal sealed record ScriptResult(ScriptAct Act, long TimeNs, string Refusal);

/// <summary>A script that runs beside a worker.</summary>
/// <remarks>
/// Its clock begins at Ready: orders and positions are known, and every instrument it names has a book in sync.
/// </remarks>
internal sealed class ScriptRun(IReadOnlyList<ScriptAct> acts, Action<ScriptResult>? told = null)
{
    private readonly List<ScriptResult> _results = [];
    private int _next;

    /// <summary>Engine time of Ready; 0 before.</summary>
    public long ReadyNs { get; private set; }

    public IReadOnlyList<ScriptAct> Acts => acts;

    /// <summary>What became of the acts so far, in order.</summary>
    public IReadOnlyList<ScriptResult> Results => _results;

    public bool IsDone => _next == acts.Count;

    public int RefusedCount => _results.FindAll(result => result.Refusal.Length > 0).Count;

    /// <summary>When the next act is due, Unix ns; never before Ready and after the last.</summary>
    public long NextDueNs => ReadyNs == 0 || IsDone ? long.MaxValue : ReadyNs + acts[_next].AtNs;

    /// <summary>Tells the worker what is due by now.</summary>
    public void Step(CircleWorker worker, long nowNs)
    {
        if (ReadyNs == 0 && IsReady(worker)) ReadyNs = nowNs;
        while (nowNs >= NextDueNs)
        {
            ScriptAct act = acts[_next++];
            ScriptResult result = new(act, nowNs, Do(worker, act, nowNs));
            _results.Add(result);
            told?.Invoke(result);
        }
    }

    /// <summary>Acts, how many were told, and what became of each.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("script");
        json.WriteNumber("acts", acts.Count);
        json.WriteNumber("told", _results.Count);
        json.WriteNumber("refused", RefusedCount);
        json.WriteNumber("ready_ms", ReadyNs / 1_000_000);
        json.WriteStartArray("results");
        foreach (ScriptResult result in _results)
        {
            json.WriteStartObject();
            json.WriteNumber("line", result.Act.Line);
            json.WriteString("at", result.Act.AtText);
            json.WriteString("do", result.Act.Word);
            if (result.Act.Symbol.Length > 0) json.WriteString("symbol", result.Act.Symbol);
            json.WriteNumber("time_ms", result.TimeNs / 1_000_000);
            json.WriteString("refused", result.Refusal.Length > 0 ? result.Refusal : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private bool IsReady(CircleWorker worker)
    {
        if (!worker.Protection.Ready) return false;
        foreach (ScriptAct act in acts)
        {
            if (act.Symbol.Length == 0) continue;
            int id = worker.IdOf(act.Symbol);
            bool inSync = id >= 0 && worker.Engine.Books.BookOf(id) is { State: BookState.InSync };
            if (!inSync) return false;
        }

        return true;
    }

    private static string Do(CircleWorker worker, ScriptAct act, long nowNs)
    {
        AccountRecord record = new()
        {
            Kind = act.Do,
            InstrumentId = act.Symbol.Length == 0 ? -1 : worker.IdOf(act.Symbol),
        };
        if (act.Do is AccountEventKind.Halt or AccountEventKind.Resume)
        {
            return worker.Operate(in record, nowNs, act.Reason);
        }

        record.PriceDecimals = Math.Max(act.Stop.Decimals, act.Limit?.Decimals ?? 0);
        record.TriggerPrice = act.Stop.At(record.PriceDecimals);
        if (act.Do != AccountEventKind.Enter) return worker.Operate(in record, nowNs);
        NoteTargets(worker, act, record.InstrumentId, nowNs);
        record.Side = act.Side;
        record.Quantity = act.Quantity.Mantissa;
        record.QuantityDecimals = act.Quantity.Decimals;
        record.Price = act.Limit?.At(record.PriceDecimals) ?? 0;
        return worker.Operate(in record, nowNs);
    }

    /// <summary>Take-profits come before the entry they belong to; a price of 0 says that it shall have none.</summary>
    private static void NoteTargets(CircleWorker worker, ScriptAct act, int instrumentId, long nowNs)
    {
        if (act.Targets.IsDefault) return;
        AccountRecord target = new() { Kind = AccountEventKind.Target, InstrumentId = instrumentId };
        if (act.Targets.IsEmpty) worker.Operate(in target, nowNs);
        foreach (ScriptNumber price in act.Targets)
        {
            target.TriggerPrice = price.Mantissa;
            target.PriceDecimals = price.Decimals;
            worker.Operate(in target, nowNs);
        }
    }
}
