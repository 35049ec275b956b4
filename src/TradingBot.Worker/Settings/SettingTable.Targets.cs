using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Trading;

namespace TradingBot.Worker.Settings;

/// <summary>Where profits are taken, and how much may be given back.</summary>
internal static partial class SettingTable
{
    /// <summary>The stop behind every position, and its targets.</summary>
    private static ImmutableArray<SettingKey> ProtectionKeys() =>
    [
        new("protection.stop_distance_ppm", "auto",
            "auto, or a whole number of parts per million from 100 to 500000", ReadStopDistance,
            s => SettingKey.Text(s.EffectiveProtection.StopDistancePpm)),
        SettingKey.Whole("protection.adopted_stop_distance_ppm", " of parts per million", 100, 500_000,
            (s, v) => s with { Protection = s.Protection with { AdoptedStopDistancePpm = v } },
            s => s.Protection.AdoptedStopDistancePpm),
        new("protection.take_profit", "true", "true or false", ReadTakeProfit,
            s => s.Protection.TakeProfit ? "true" : "false"),
        new("protection.targets", "2R=100%", TargetsAllowed, ReadTargets,
            s => string.Join(',', s.Protection.Targets.Select(TargetText))) { IsList = true },
        SettingKey.Whole("protection.trail_atr_percent", " of percent", 0, 2_000,
            (s, v) => s with { Protection = s.Protection with { TrailAtrPercent = v } },
            s => s.Protection.TrailAtrPercent),
        new("protection.break_even", "true", "true or false",
            (s, text) => text is "true" or "false"
                ? s with { Protection = s.Protection with { BreakEven = text == "true" } } : null,
            s => s.Protection.BreakEven ? "true" : "false"),
        SettingKey.Milliseconds("protection.stop_grace_ms", 500, 60_000,
            (s, v) => s with { Protection = s.Protection with { StopGraceNs = v } }, s => s.Protection.StopGraceNs),
        SettingKey.Whole("protection.stop_attempts_max", "", 0, 20,
            (s, v) => s with { Protection = s.Protection with { StopAttemptsMax = v } },
            s => s.Protection.StopAttemptsMax),
        SettingKey.Milliseconds("protection.sweep_interval_ms", 1_000, 60_000,
            (s, v) => s with { Protection = s.Protection with { SweepIntervalNs = v } },
            s => s.Protection.SweepIntervalNs),
        SettingKey.Whole("protection.liquidation_buffer_ppm", " of parts per million", 1_000, 500_000,
            (s, v) => s with { Protection = s.Protection with { LiquidationBufferPpm = v } },
            s => s.Protection.LiquidationBufferPpm),
        SettingKey.Milliseconds("protection.close_after_ms", 10_000, 3_600_000,
            (s, v) => s with { Protection = s.Protection with { CloseAfterNs = v } }, s => s.Protection.CloseAfterNs),
        SettingKey.Whole("protection.starts_max", "", 0, 100, (s, v) => s with { StartsMax = v }, s => s.StartsMax),
    ];

    private const string TargetsAllowed = "up to 8 targets, each a multiple of the risk further away than the one "
        + "before and a share of the position, together at most 100 %: 2R=100%, or 1R=40%, 2.5R=40%";

    private const string DrawdownAllowed = "an amount of money as 100 or 12.5; 0 = no limit";

    private static Notional? ReadDrawdown(string text)
    {
        if (text == "0") return Notional.Zero;
        return SettingKey.TryMoney(text, out Notional most) ? most : null;
    }

    private static WorkerSettings? ReadTargets(WorkerSettings settings, string text)
    {
        List<TargetStep> steps = [];
        int shares = 0;
        foreach (string item in Items(text))
        {
            if (!TryTarget(item, out TargetStep step)) return null;
            if (steps.Count > 0 && step.RiskPercent <= steps[^1].RiskPercent) return null;
            shares += step.SharePercent;
            steps.Add(step);
        }

        bool usable = steps.Count is > 0 and <= ProtectionOptions.TargetsMax && shares <= 100;
        return usable ? settings with { Protection = settings.Protection with { Targets = [.. steps] } } : null;
    }

    private static bool TryTarget(string text, out TargetStep step)
    {
        step = default;
        string[] sides = text.Split('=', StringSplitOptions.TrimEntries);
        if (sides.Length != 2 || !sides[0].EndsWith('R') || !sides[1].EndsWith('%')) return false;
        bool isRisk = decimal.TryParse(
            sides[0].AsSpan(0, sides[0].Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out decimal risk);
        bool isWhole = isRisk && risk is > 0 and <= 100 && decimal.IsInteger(risk * 100);
        if (!isWhole || !SettingKey.TryWhole(sides[1][..^1], 1, 100, out long share)) return false;
        step = new TargetStep((int)(risk * 100), (int)share);
        return true;
    }

    private static string TargetText(TargetStep step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.RiskPercent / 100m:0.##}R={step.SharePercent}%");
}
