using System;
using System.Collections.Generic;
using System.Globalization;
using TradingBot.Market.Values;
using TradingBot.Trading;

namespace TradingBot.Worker.Settings;

/// <summary>Where profits are taken, and how much may be given back.</summary>
internal static partial class SettingTable
{
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
