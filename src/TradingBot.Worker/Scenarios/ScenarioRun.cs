// In:     a scenario.   Out: what came of it: what did not hold, the day in words, and the hash of every byte of it.
// Thread: the caller's, in virtual time.
// Keeps:  same file, same day; the worker is the whole one, its limits the shipped ones with room for the operator.
// Budget: a virtual hour in a second or two.
using System;
using System.Collections.Generic;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Scenarios;

/// <summary>What came of a scenario.</summary>
/// <param name="Failures">What did not hold; each begins with the line of the file, where it has one.</param>
/// <param name="Day">What happened, a line for each event.</param>
/// <param name="TraceHash">Of everything that passed between worker and venue.</param>
/// <param name="NakedNs">The longest time a position was without a live stop, by the venue's own count.</param>
internal sealed record ScenarioResult(
    Scenario Scenario, IReadOnlyList<string> Failures, string Day, ulong TraceHash, long NakedNs, int Fills);

/// <summary>Plays one scenario.</summary>
internal sealed class ScenarioRun : IDisposable
{
    private const int Million = 1_000_000;

    /// <summary>An entry that says no limit may go so far beyond the last price: within the gate's collar.</summary>
    private const int LimitPpm = 10_000;

    private readonly Scenario _scenario;
    private readonly VirtualCircle _circle;
    private readonly ScenarioDiary _diary;
    private readonly List<string> _failures = [];
    private readonly long _startNs;
    private int _othersTold;

    private ScenarioRun(Scenario scenario)
    {
        _scenario = scenario;
        _startNs = scenario.Venue.StartNs;
        _circle = new VirtualCircle(new CircleOptions
        {
            Venue = scenario.Venue,
            Protection = new ProtectionOptions(),
            Duration = scenario.Length,
            Limits = new RiskLimits
            {
                SignalsTrade = scenario.Signals,
                PositionNotionalMax = Notional.Of(5_000, 0, 1, 0),
                TotalNotionalMax = Notional.Of(10_000, 0, 1, 0),
            },
        });
        _diary = new ScenarioDiary(_startNs);
        _circle.Venue.Watch(_diary.Note);
    }

    public static ScenarioResult Play(Scenario scenario)
    {
        using ScenarioRun run = new(scenario);
        return run.Play();
    }

    public void Dispose() => _circle.Dispose();

    private ScenarioResult Play()
    {
        foreach (ScenarioStep step in _scenario.Steps)
        {
            RunTo(_startNs + step.AtNs);
            string words = Do(step);
            if (words.Length > 0) _diary.Write(_circle.NowNs, step.Do == "expect" ? "expected" : "scenario", words);
            _diary.Look(_circle.Worker, _circle.NowNs);
        }

        RunTo(_startNs + (_scenario.Length.Ticks * 100));
        _failures.AddRange(ScenarioChecks.AtEnd(_scenario, _circle));
        long nakedNs = ScenarioChecks.NakedNs(_circle);
        int fills = _circle.Venue.Oracle.FillCount;
        ulong hash = _circle.Trace.Value;
        _diary.WriteEnd(FormattableString.Invariant(
            $"end: {fills} fills, longest without a live stop {ScenarioChecks.Seconds(nakedNs)}, trace {hash:x16}"));
        return new ScenarioResult(_scenario, _failures, _diary.Text, hash, nakedNs, fills);
    }

    private void RunTo(long timeNs)
    {
        if (timeNs > _circle.NowNs) _circle.Run(TimeSpan.FromTicks((timeNs - _circle.NowNs) / 100), Look);
        Look();
    }

    /// <summary>Writes down what is new; never ends the run.</summary>
    private bool Look()
    {
        _diary.Look(_circle.Worker, _circle.NowNs);
        for (; _othersTold < _circle.Venue.Others.Told.Count; _othersTold++)
        {
            _diary.Write(_circle.NowNs, "other", _circle.Venue.Others.Told[_othersTold]);
        }

        return false;
    }

    /// <summary>Does a step; what it was and what became of it.</summary>
    private string Do(ScenarioStep step)
    {
        SimulatedKraken venue = _circle.Venue;
        switch (step.Do)
        {
            case "expect":
                return Expect(step);
            case "enter" or "move_stop" or "exit" or "halt" or "resume":
                return Judge(step, Operate(step));
            case "other":
                return Judge(step, Other(step) ?? "");
            case "market":
                venue.Move(step.Symbol, step.Ppm("by"), step.Time("over"));
                string pace = step.Has("over") ? "in " + step.Text("over") : "at once";
                return $"{step.Symbol} goes {step.Text("by")} {pace}";
            case "index":
                venue.SetIndex(step.Symbol, Enum.Parse<IndexState>(step.Text("index"), ignoreCase: true));
                return $"the index of {step.Symbol} is {step.Text("index")}";
            case "suspend" or "lift":
                venue.Suspend(step.Symbol, step.Do == "suspend");
                return $"{step.Symbol} is {(step.Do == "suspend" ? "suspended" : "open again")}";
            case "delist":
                venue.Delist(step.Symbol);
                return $"{step.Symbol} is delisted, and what is open of it is settled";
            case "maintenance":
                venue.Maintain(CycleOf(step));
                return $"maintenance in {step.Text("begins")} for {step.Text("length")}";
            default:
                return Break(step, venue);
        }
    }

    private string Break(ScenarioStep step, SimulatedKraken venue)
    {
        _ = FaultNames.TryRead(step.Text("fault").Length > 0 ? step.Text("fault") : "drop-reply", out VenueFault fault);
        switch (step.Do)
        {
            case "fault":
                for (int i = 0; i < step.Whole("times", 1); i++)
                {
                    if (step.Has("text")) venue.Faults.ArmRefusal(step.Text("text"));
                    else venue.Faults.Arm(fault);
                }

                return $"{step.Text("fault")} {step.Whole("times", 1)} times from now on";
            case "rate":
                venue.Faults.At(fault, step.Whole("ppm"));
                return $"{step.Text("fault")} at {step.Text("ppm")} in a million";
            case "hang_up":
                venue.HangUp(EndpointOf(step));
                return $"the venue hangs up: {step.Text("socket")}";
            case "mute":
                venue.Mute(EndpointOf(step));
                return $"a black hole: {step.Text("socket")}";
            case "disk":
                _circle.File.Broken = step.Text("disk") == "broken";
                return $"the disk is {step.Text("disk")}";
            default:
                _circle.CrashAndRestart(step.Whole("torn"));
                _diary.Forget();
                return "the process dies and starts again";
        }
    }

    private string Expect(ScenarioStep step)
    {
        string unmet = ScenarioChecks.Unmet(step, _circle, _diary);
        if (unmet.Length > 0 && step.Has("within"))
        {
            _circle.Run(step.Time("within"), () =>
            {
                Look();
                return ScenarioChecks.Unmet(step, _circle, _diary).Length == 0;
            });
            unmet = ScenarioChecks.Unmet(step, _circle, _diary);
        }

        if (unmet.Length == 0) return string.Join(", ", WordsOf(step)) + ": so it is";
        _failures.Add(FormattableString.Invariant($"line {step.Line}: {unmet}"));
        return "NOT MET: " + unmet;
    }

    private static IEnumerable<string> WordsOf(ScenarioStep step)
    {
        foreach ((string key, string text) in step.Fields)
        {
            if (key is not ("at" or "within")) yield return key == "symbol" ? text : $"{key} {text}";
        }
    }

    /// <summary>Whether an act was refused where it should be, and only there.</summary>
    private string Judge(ScenarioStep step, string refusal)
    {
        string wanted = step.Text("refused");
        if (refusal != wanted)
        {
            string what = refusal.Length == 0 ? "was done" : $"was refused: {refusal}";
            _failures.Add(FormattableString.Invariant(
                $"line {step.Line}: {step.Do} {what}, and should {Should(wanted)}"));
        }

        List<string> words = [step.Do == "other" ? "somebody else: " + step.Text("act") : step.Do];
        foreach (string key in (string[])["side", "quantity", "symbol", "reason", "dollars"])
        {
            if (step.Has(key)) words.Add(step.Text(key));
        }

        if (step.Has("stop")) words.Add("stop " + step.Text("stop") + " away");
        return string.Join(' ', words) + ": " + (refusal.Length == 0 ? "done" : "refused, " + refusal);
    }

    private static string Should(string wanted) =>
        wanted.Length == 0 ? "have been done" : "have been refused: " + wanted;

    private string? Other(ScenarioStep step)
    {
        ExternalActor other = _circle.Venue.Others;
        string symbol = step.Symbol;
        switch (step.Text("act"))
        {
            case "buy" or "sell":
                long lots = Lots(step);
                return other.Trade(symbol, step.Text("act") == "buy" ? lots : -lots);
            case "bracket":
                return other.Bracket(symbol, step.Ppm("stop", 20_000), step.Ppm("target", 40_000));
            case "move_stop":
                return other.MoveStop(symbol, step.Ppm("stop", 20_000));
            case "remove_stops":
                return other.RemoveStops(symbol);
            case "close":
                return other.Close(symbol, step.Ppm("part", Million));
            case "flip":
                return other.Flip(symbol);
            default:
                return other.Transfer(step.Dollars("dollars"));
        }
    }

    private long Lots(ScenarioStep step)
    {
        int decimals = _circle.Venue.Oracle.DecimalsOf(step.Symbol).Quantity;
        return step.Number("quantity") is { } number && number.Decimals <= decimals ? number.At((byte)decimals) : 0;
    }

    private string Operate(ScenarioStep step)
    {
        CircleWorker worker = _circle.Worker;
        if (step.Do is "halt" or "resume")
        {
            AccountRecord act = new()
            {
                Kind = step.Do == "halt" ? AccountEventKind.Halt : AccountEventKind.Resume,
                InstrumentId = -1,
            };
            return worker.Operate(in act, _circle.NowNs, step.Text("reason"));
        }

        long last = _circle.Venue.Oracle.LastPrice(step.Symbol);
        int id = worker.IdOf(step.Symbol);
        int away = Away(step, last);
        AccountRecord record = new()
        {
            InstrumentId = id,
            Kind = step.Do == "enter" ? AccountEventKind.Enter
                : step.Do == "exit" ? AccountEventKind.Exit : AccountEventKind.MoveStop,
            PriceDecimals = (byte)_circle.Venue.Oracle.DecimalsOf(step.Symbol).Price,
            TriggerPrice = At(last, -away * step.Ppm("stop")),
        };
        if (step.Do == "exit") record.TriggerPrice = 0;
        if (step.Do != "enter") return worker.Operate(in record, _circle.NowNs);
        AccountRecord target = new() { Kind = AccountEventKind.Target, InstrumentId = id };
        if (step.Has("target"))
        {
            target.TriggerPrice = At(last, away * step.Ppm("target"));
            target.PriceDecimals = record.PriceDecimals;
        }

        worker.Operate(in target, _circle.NowNs);
        ScriptNumber quantity = step.Number("quantity")!.Value;
        record.Side = away > 0 ? Side.Buy : Side.Sell;
        record.Quantity = quantity.Mantissa;
        record.QuantityDecimals = quantity.Decimals;
        record.Price = At(last, step.Has("limit") ? step.Ppm("limit") : away * LimitPpm);
        return worker.Operate(in record, _circle.NowNs);
    }

    /// <summary>1 for what gains when prices rise: a buy, or a long position.</summary>
    private int Away(ScenarioStep step, long last)
    {
        if (step.Has("side")) return step.Text("side") == "buy" ? 1 : -1;
        return _circle.Venue.Oracle.PositionLots(step.Symbol) < 0 && last > 0 ? -1 : 1;
    }

    private static long At(long price, int ppm) => price + (long)((Int128)price * ppm / Million);

    private static VenueEndpoint EndpointOf(ScenarioStep step) => step.Text("socket") switch
    {
        "account" => VenueEndpoint.UnifiedPrivate,
        "spot" => VenueEndpoint.SpotPublic,
        _ => VenueEndpoint.UnifiedPublic,
    };

    private static MaintenanceCycle CycleOf(ScenarioStep step) => new()
    {
        Begins = step.Time("begins"),
        Length = step.Time("length"),
        PostOnly = step.Time("post_only"),
        RestLag = step.Time("rest_lag"),
        ClosesSockets = step.Yes("closes_sockets", otherwise: true),
        InFrames = step.Yes("in_frames", otherwise: true),
    };
}
