using System;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Values;

namespace TradingBot.Worker.Settings;

/// <summary>One key of the configuration: its default, what it takes, and what it changes.</summary>
/// <param name="Name">Full name, parts joined by dots.</param>
/// <param name="Default">The default's text, as it stands in the shipped file.</param>
/// <param name="Allowed">What the key takes, for people.</param>
/// <param name="Read">The settings with this text's value; null when the text is not allowed.</param>
/// <param name="Show">The value in effect.</param>
internal sealed partial record SettingKey(
    string Name, string Default, string Allowed, Func<WorkerSettings, string, WorkerSettings?> Read,
    Func<WorkerSettings, string> Show)
{
    private const long NanosPerMs = 1_000_000;

    /// <summary>Why nothing acts on the key; empty for all that something acts on.</summary>
    public string Idle { get; init; } = "";

    /// <summary>Whether it is so with these settings; by default always.</summary>
    public Func<WorkerSettings, bool> IdleWith { get; init; } = _ => true;

    /// <summary>It takes a list.</summary>
    public bool IsList { get; init; }

    /// <summary>It takes a file's name: a value that looks like a key is a mistake to be told.</summary>
    public static SettingKey File(string name, Func<WorkerSettings, string, WorkerSettings> set,
        Func<WorkerSettings, string> path, Func<WorkerSettings, SecretFile?> secret) => new(
            name, "", "the path of a file, credential:NAME of systemd, or env:NAME",
            (settings, text) => set(settings, text.Trim()),
            settings => secret(settings) is { } read
                ? string.Create(CultureInfo.InvariantCulture, $"({Place(read.Path)}, {read.Bytes} bytes)")
                : path(settings));

    private static string Place(string path) =>
        path.StartsWith(SecretFile.CredentialPrefix, StringComparison.Ordinal)
        || path.StartsWith(SecretFile.VariablePrefix, StringComparison.Ordinal) ? path : $"file {path}";

    public static SettingKey Whole(string name, string unit, int least, int most,
        Func<WorkerSettings, int, WorkerSettings> set, Func<WorkerSettings, int> get) => new(
            name, Text(get(new WorkerSettings())), $"a whole number{unit} from {least} to {most}",
            (settings, text) => TryWhole(text, least, most, out long value) ? set(settings, (int)value) : null,
            settings => Text(get(settings)));

    /// <summary>Milliseconds for people, nanoseconds inside.</summary>
    public static SettingKey Milliseconds(string name, int least, int most,
        Func<WorkerSettings, long, WorkerSettings> set, Func<WorkerSettings, long> get) => new(
            name, Text(get(new WorkerSettings()) / NanosPerMs), $"whole milliseconds from {least} to {most}",
            (settings, text) =>
                TryWhole(text, least, most, out long value) ? set(settings, value * NanosPerMs) : null,
            settings => Text(get(settings) / NanosPerMs));

    public static SettingKey Money(
        string name, Func<WorkerSettings, Notional, WorkerSettings> set, Func<WorkerSettings, Notional> get) => new(
            name, Text(get(new WorkerSettings())),
            "an amount of quote currency above 0 and below 1000000000000, with at most 8 decimals, as 100 or 99.5",
            (settings, text) => TryMoney(text, out Notional value) ? set(settings, value) : null,
            settings => Text(get(settings)));

    /// <param name="name">The key.</param>
    /// <param name="isSocket">The address is a WebSocket's.</param>
    /// <param name="kraken">Kraken's own address.</param>
    /// <param name="set">Takes null for <c>auto</c>.</param>
    /// <param name="get">Gives null for <c>auto</c>.</param>
    /// <param name="hasPath">An address that is no socket's is a whole base, with its path.</param>
    public static SettingKey Address(string name, bool isSocket, Uri kraken,
        Func<WorkerSettings, Uri?, WorkerSettings> set, Func<WorkerSettings, Uri?> get, bool hasPath = false)
    {
        string clear = isSocket ? "ws" : "http";
        string secure = isSocket ? "wss" : "https";
        string path = isSocket ? "" : hasPath ? kraken.AbsolutePath : ", without a path";
        string allowed = $"auto, or an address {secure}://HOST{path} ({clear}:// only on this machine), "
            + "HOST being of kraken.com or this machine, without user, password, query and fragment";
        return new(
            name, "auto", allowed,
            (settings, text) =>
            {
                if (text == "auto") return set(settings, null);
                bool usable = Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
                    && (address.Scheme == secure || (address.Scheme == clear && address.IsLoopback))
                    && VenueAddresses.IsAllowed(address)
                    && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
                    && (isSocket || hasPath || address.AbsolutePath == "/");
                return usable ? set(settings, address) : null;
            },
            settings => get(settings)?.ToString()
                ?? (settings.Venue.Kind == VenueKind.Kraken ? kraken.ToString() : "auto"));
    }

    /// <summary>A loopback address and a port; <c>localhost</c> is 127.0.0.1.</summary>
    public static IPEndPoint? Listen(string text)
    {
        const string Name = "localhost";
        bool named = text.StartsWith(Name + ":", StringComparison.OrdinalIgnoreCase);
        string numeric = named ? IPAddress.Loopback + text[Name.Length..] : text;
        // Without a port the runtime would take 0, and a bare number for an address.
        bool complete = ListenForm().IsMatch(numeric);
        return complete && IPEndPoint.TryParse(numeric, out IPEndPoint? parsed) && IPAddress.IsLoopback(parsed.Address)
            ? parsed
            : null;
    }

    /// <summary>Decimal digits without sign and leading zero: YAML readers disagree on what 010 is.</summary>
    public static bool TryWhole(string text, long least, long most, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
        && value >= least && value <= most && (text.Length == 1 || text[0] != '0');

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Text(Notional value) => DecimalText.Of(value.Units, Notional.Decimals, shortest: true);

    /// <summary>Exact: digits into units, nothing is rounded.</summary>
    public static bool TryMoney(string text, out Notional value)
    {
        value = Notional.Zero;
        if (!MoneyForm().IsMatch(text)) return false;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        string whole = dot < 0 ? text : text[..dot];
        string fraction = (dot < 0 ? "" : text[(dot + 1)..]).PadRight(Notional.Decimals, '0');
        value = new Notional(Int128.Parse(whole + fraction, CultureInfo.InvariantCulture));
        return value > Notional.Zero;
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?\z")]
    private static partial Regex MoneyForm();

    [GeneratedRegex(@"^([0-9.]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z")]
    private static partial Regex ListenForm();
}
