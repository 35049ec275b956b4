// In:     the settings of a run and a script's path.   Out: the script and what it makes of the settings, or why not.
// Thread: the starting one.
// Keeps:  a script runs where no venue can be reached but one of this machine; every address counts, used or not.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;

namespace TradingBot.Worker.Operator;

/// <summary>Makes a run a scripted one.</summary>
internal static class ScriptStart
{
    private const string PositionKey = "risk.position_notional_max";
    private const string TotalKey = "risk.total_notional_max";

    /// <summary>
    /// A script says its quantities itself, on a venue without money: half of the simulated account's 10,000 dollars in
    /// one position, all of it in all.
    /// </summary>
    private static readonly Notional PositionMax = Notional.Of(5_000, 0, 1, 0);
    private static readonly Notional TotalMax = Notional.Of(10_000, 0, 1, 0);

    /// <summary>Why these settings admit no script, with the remedy; null when they do.</summary>
    public static string? Refusal(WorkerSettings settings)
    {
        VenueSettings venue = settings.Venue;
        List<string> others = [];
        if (venue.Addresses is { } used)
        {
            Add("venue.spot.rest_url", used.Rest);
            Add("venue.spot.ws_public_url", used.SpotPublic);
            Add("venue.unified.public_url", used.UnifiedPublic);
            Add("venue.unified.private_url", used.UnifiedPrivate);
        }

        Add("venue.spot.ws_private_url", venue.SpotPrivate);
        Add("venue.derivatives.rest_url", venue.DerivativesRest);
        Add("venue.derivatives.ws_url", venue.DerivativesPublic);
        if (others.Count == 0) return null;
        return "--script is for venues of this machine alone, and these addresses are not: " + string.Join(", ", others)
            + ". Set venue.kind to simulated, or give loopback addresses (docs/script.md).";

        void Add(string key, Uri? address)
        {
            if (address is { IsLoopback: false }) others.Add($"{key} ({address.Host})");
        }
    }

    /// <summary>The run's limits with a script: what the configuration does not say is wider, and signals do not
    /// trade.</summary>
    public static WorkerSettings Prepare(EffectiveSettings effective)
    {
        WorkerSettings settings = effective.Settings;
        RiskLimits limits = settings.Limits with { SignalsTrade = false };
        if (IsDefault(effective, TotalKey)) limits = limits with { TotalNotionalMax = TotalMax };
        if (IsDefault(effective, PositionKey))
        {
            Notional most = limits.TotalNotionalMax > PositionMax ? PositionMax : limits.TotalNotionalMax;
            limits = limits with { PositionNotionalMax = most };
        }

        return settings with { Limits = limits };
    }

    /// <summary>What is different in a scripted run, for the person who starts it.</summary>
    public static string Notice(string path, ScriptRun script, WorkerSettings settings)
    {
        RiskLimits limits = settings.Limits;
        return $"Script {path}, {script.Acts.Count} acts: it alone trades, signals are counted and refused. The gate "
            + $"admits {Text(limits.PositionNotionalMax)} in one position ({PositionKey}) and "
            + $"{Text(limits.TotalNotionalMax)} in all ({TotalKey}).";
    }

    /// <summary>The script of a run; null, with what to print, when it cannot be used.</summary>
    public static ScriptRun? Read(
        string path, WorkerSettings settings, Action<ScriptResult>? told, out string error)
    {
        List<SettingFault> faults = [];
        IReadOnlyList<ScriptAct> acts =
            ScriptFile.Load(path, RunComposition.OptionsOf(settings).Perpetuals, faults);
        error = faults.Count == 0 ? "" : Explain(faults);
        return faults.Count == 0 ? new ScriptRun(acts, told) : null;
    }

    /// <summary>One act for standard error.</summary>
    public static string Line(ScriptResult result)
    {
        string what = string.Join(' ', ((string[])[result.Act.Word, result.Act.Symbol]).Where(word => word.Length > 0));
        string became = result.Refusal.Length == 0 ? "done" : "REFUSED: " + result.Refusal;
        return string.Create(
            CultureInfo.InvariantCulture, $"script {result.Act.AtText} (line {result.Act.Line}) {what}: {became}");
    }

    private static string Explain(List<SettingFault> faults)
    {
        StringBuilder text = new();
        text.AppendLine(faults.Count == 1 ? "run cannot start: 1 fault in the script"
            : string.Create(CultureInfo.InvariantCulture, $"run cannot start: {faults.Count} faults in the script"));
        foreach (SettingFault fault in faults.OrderBy(one => one.Source.Line)) text.AppendLine("  " + fault.Text);
        return text.ToString().TrimEnd();
    }

    private static bool IsDefault(EffectiveSettings effective, string key) =>
        effective.Sources[key].Origin == SettingOrigin.Default;

    private static string Text(Notional value) => DecimalText.Of(value.Units, Notional.Decimals, shortest: true);
}
