using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Worker.Settings;

/// <summary>
/// Keys given by the environment: <c>TRADINGBOT__RISK__ORDER_NOTIONAL=50</c>, parts joined by two underscores.
/// </summary>
internal static class EnvironmentSettings
{
    public const string Prefix = "TRADINGBOT__";

    /// <summary>The variable in which hosters give the address of a database; our own variable beats it.</summary>
    public const string DatabaseVariable = "DATABASE_URL";

    /// <summary>The known keys among the variables; every other variable with the prefix is a fault.</summary>
    public static IReadOnlyList<GivenSetting> Read(
        IReadOnlyDictionary<string, string> variables, List<SettingFault> faults)
    {
        List<GivenSetting> given = [];
        Dictionary<string, string> seen = [];
        foreach (string variable in variables.Keys.Order(StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            SettingSource source = new(SettingOrigin.Environment, "environment " + variable);
            string name = string.Join('.', Lower(variable[Prefix.Length..]).Split("__"));
            SettingKey? key = SettingTable.Find(name);
            if (key is null)
            {
                faults.Add(new SettingFault(source, name, SettingTable.WhyUnknown(name)));
            }
            else if (!seen.TryAdd(name, variable))
            {
                faults.Add(new SettingFault(source, name, $"the key is given by {seen[name]} too: unset one of them"));
            }
            else if (variables[variable].Length == 0 && key.Default.Length > 0)
            {
                string message = $"the variable is empty: unset it, or give it {key.Allowed}";
                faults.Add(new SettingFault(source, name, message));
            }
            else
            {
                string text = key.IsList ? variables[variable].Replace(',', '\n') : variables[variable];
                given.Add(new GivenSetting(name, text, key.IsList, source));
            }
        }

        string url = variables.GetValueOrDefault(DatabaseVariable, "");
        if (url.Length > 0 && !seen.ContainsKey("storage.url"))
        {
            SettingSource source = new(SettingOrigin.Environment, "environment " + DatabaseVariable);
            given.Add(new GivenSetting("storage.url", url, IsList: false, source));
        }

        return given;
    }

    /// <summary>The variable of a key, as a person writes it.</summary>
    public static string VariableOf(string key) =>
        Prefix + key.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Names of keys are lower-case ASCII.</summary>
    private static string Lower(string text) =>
        string.Create(text.Length, text, (lower, from) =>
        {
            for (int i = 0; i < from.Length; i++) lower[i] = char.ToLowerInvariant(from[i]);
        });
}
