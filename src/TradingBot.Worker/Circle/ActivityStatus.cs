using System;
using System.Text.Json;
using TradingBot.Market.Ring;
using TradingBot.Market.Values;
using TradingBot.Signals;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Replay;

namespace TradingBot.Worker.Circle;

/// <summary>What the worker thought and what came of it, as JSON.</summary>
internal static class ActivityStatus
{
    /// <summary>A screenful.</summary>
    private const int SignalsMax = 24;

    public static void Write(Utf8JsonWriter json, CircleWorker worker)
    {
        WriteOutcomes(json, worker);
        json.WriteNumber("result", Math.Round(RunHistory.ResultOf(worker), 4));
        WriteSignals(json, worker);
        WriteHappenings(json, worker.Diary);
    }

    private static void WriteOutcomes(Utf8JsonWriter json, CircleWorker worker)
    {
        json.WriteStartObject("order_outcomes");
        json.WriteNumber("accepted", worker.Diary.Accepted);
        json.WriteNumber("refused", worker.Diary.Refused);
        json.WriteNumber("unknown", worker.Diary.Unknown);
        json.WriteEndObject();
    }

    /// <summary>The last signals, newest first, and whether the gate let them through.</summary>
    private static void WriteSignals(Utf8JsonWriter json, CircleWorker worker)
    {
        RecordLog<Signal> log = worker.Engine.Signals.Log;
        json.WriteStartArray("recent_signals");
        for (long number = log.Next - 1; number >= Math.Max(0, log.Next - SignalsMax); number--)
        {
            Signal signal = log[number];
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteNumber("time_ms", signal.TimeNs / 1_000_000);
            json.WriteString("symbol", worker.Symbols.TextOf(signal.InstrumentId));
            json.WriteString("kind", signal.Kind == SignalKind.OrderFlow ? "order flow" : "crossover");
            json.WriteString("side", signal.Side == Side.Buy ? "buy" : "sell");
            json.WriteString("limit_price", DecimalText.Of(signal.LimitPrice, signal.PriceDecimals));
            json.WriteNumber("strength", Math.Round(signal.Strength, 2));
            Refusal decision = worker.Engine.Gate.Decisions[number];
            json.WriteBoolean("approved", decision == Refusal.None);
            json.WriteString("refused", decision == Refusal.None ? null : ReplayReport.NameOf(decision));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHappenings(Utf8JsonWriter json, AccountDiary diary)
    {
        json.WriteStartArray("happenings");
        foreach (AccountDiary.Happening happening in diary.Happenings)
        {
            json.WriteStartObject();
            json.WriteNumber("number", happening.Number);
            json.WriteNumber("time_ms", happening.TimeNs / 1_000_000);
            json.WriteString("what", happening.What);
            json.WriteString("symbol", happening.Symbol);
            json.WriteString("words", happening.Words);
            json.WriteNumber("result", Math.Round(happening.Result, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
