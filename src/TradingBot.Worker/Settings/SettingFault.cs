using System.Text.RegularExpressions;

namespace TradingBot.Worker.Settings;

/// <summary>What gave a key its value; a later one overrides an earlier one.</summary>
internal enum SettingOrigin : byte
{
    Default = 0,
    File = 1,
    Environment = 2,
    Option = 3,
}

/// <summary>Where exactly a value stands.</summary>
/// <param name="Origin">File, environment or command line.</param>
/// <param name="Text">As a person finds it: <c>tradingbot.yaml:12</c>, <c>environment TRADINGBOT__MODE</c>.</param>
/// <param name="Line">Line in the file from 1; 0 elsewhere.</param>
internal sealed record SettingSource(SettingOrigin Origin, string Text, long Line = 0)
{
    public static readonly SettingSource Default = new(SettingOrigin.Default, "default");
}

/// <summary>A key with its text, as it was given somewhere.</summary>
/// <param name="Key">Full name, parts joined by dots.</param>
/// <param name="Text">The value; items of a list stand on lines of their own.</param>
/// <param name="IsList">It was given as a list.</param>
/// <param name="Source">Where it stands.</param>
internal sealed record GivenSetting(string Key, string Text, bool IsList, SettingSource Source);

/// <summary>Why the configuration cannot be used, in words that name key, place, value and remedy.</summary>
internal sealed partial record SettingFault(SettingSource Source, string Key, string Message)
{
    public string Text
    {
        get
        {
            string place = Source.Origin == SettingOrigin.Default ? "" : Source.Text + ": ";
            return Key.Length == 0 ? place + Message : $"{place}{Key}: {Message}";
        }
    }

    /// <summary>
    /// The value as an error may show it: passwords of addresses are masked, and what looks like a key of the venue
    /// is withheld, because somebody will paste one where a file's name belongs.
    /// </summary>
    public static string Printable(string text) =>
        KeyLike().IsMatch(text) ? "(withheld: it looks like a key)"
        : "'" + Keyword().Replace(Password().Replace(text, "://***@"), "$1=***").Replace('\n', ',') + "'";

    [GeneratedRegex("[A-Za-z0-9+/=]{40,}")]
    private static partial Regex KeyLike();

    [GeneratedRegex("://.*@", RegexOptions.Singleline)]
    private static partial Regex Password();

    /// <summary>Npgsql's form; a quoted value may hold anything.</summary>
    [GeneratedRegex("(pass\\w*|pwd)\\s*=.*", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Keyword();
}
