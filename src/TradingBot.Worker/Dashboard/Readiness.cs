// In:     the worker's published standing (bytes) and its age.   Out: whether it may be relied on, check by check.
// Thread: Kestrel's; nothing here touches the worker's state.
// Keeps:  what is not known is not ready.
using System;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TradingBot.Worker.Dashboard;

/// <summary>The checks behind <c>/readyz</c>.</summary>
internal sealed class Readiness
{
    /// <summary>The store answers a question every second: silence this long means that it hangs.</summary>
    private const double StoreSecondsMax = 10;

    /// <summary>Five busy instruments are never silent this long.</summary>
    private const double TickSecondsMax = 15;

    private readonly StringBuilder _text = new();

    private Readiness()
    {
    }

    public bool IsReady { get; private set; } = true;

    /// <summary>Judges a standing.</summary>
    /// <param name="status">The standing as JSON; empty before the first.</param>
    /// <param name="age">Time since it was made.</param>
    /// <param name="staleAfter">A standing older than this tells of a worker that hangs.</param>
    public static Readiness Of(ReadOnlyMemory<byte> status, TimeSpan age, TimeSpan staleAfter)
    {
        Readiness readiness = new();
        if (status.Length == 0)
        {
            readiness.Tell("worker", good: false, "has not begun");
            return readiness;
        }

        using JsonDocument json = JsonDocument.Parse(status);
        JsonElement root = json.RootElement;
        readiness.Tell("worker", age < staleAfter, $"last standing {Seconds(age.TotalSeconds)} s ago");
        bool protects = root.GetProperty("ready").GetBoolean();
        readiness.Tell("account", protects, protects ? "orders and positions are known" : "not known yet");
        readiness.CheckReconnect(root.GetProperty("lane"), age.TotalSeconds);
        readiness.CheckClock(root.GetProperty("venue_state").GetProperty("clock"));
        readiness.CheckTick(root.GetProperty("tick_age_seconds"), age.TotalSeconds);
        readiness.CheckStore(root.GetProperty("store"), age.TotalSeconds);
        return readiness;
    }

    /// <summary>One line per check, then the verdict.</summary>
    public override string ToString() => $"{_text}{(IsReady ? "ready" : "not ready")}\n";

    private void CheckReconnect(JsonElement lane, double statusAge)
    {
        JsonElement told = lane.GetProperty("spare_token_seconds");
        if (told.ValueKind == JsonValueKind.Null)
        {
            Tell("reconnect", good: true, "the lane needs no token");
            return;
        }

        double spare = told.GetDouble() - statusAge;
        Tell("reconnect", spare > 0, spare > 0
            ? $"a spare token is at hand for {Seconds(spare)} s"
            : "no spare token: should the account's socket be lost, REST has to answer before a stop can be sent");
    }

    private void CheckClock(JsonElement clock)
    {
        bool isApart = clock.GetProperty("state").GetString() == "apart";
        string least = clock.GetProperty("least_ms").ToString();
        string most = clock.GetProperty("most_ms").ToString();
        string words = least.Length + most.Length == 0 ? "nothing compared it with the venue's yet"
            : $"less the venue's: at least {(least.Length > 0 ? least : "?")}, at most "
                + $"{(most.Length > 0 ? most : "?")} ms";
        Tell("clock", !isApart, isApart ? words + "; no entries: set this machine's clock and start again" : words);
    }

    private void CheckTick(JsonElement tick, double statusAge)
    {
        if (tick.ValueKind == JsonValueKind.Null)
        {
            Tell("market", good: false, "nothing came yet");
            return;
        }

        double age = tick.GetDouble() + statusAge;
        Tell("market", age <= TickSecondsMax, $"last tick {Seconds(age)} s ago, at most {Seconds(TickSecondsMax)} s");
    }

    private void CheckStore(JsonElement store, double statusAge)
    {
        if (store.ValueKind == JsonValueKind.Null)
        {
            Tell("store", good: true, "none in this run");
            return;
        }

        double age = store.GetProperty("age_seconds").GetDouble() + statusAge;
        bool failing = store.GetProperty("failing").GetBoolean();
        string words = $"last wrote or answered {Seconds(age)} s ago, at most {Seconds(StoreSecondsMax)} s, "
            + $"{store.GetProperty("lag_records").GetInt64()} records behind the log";
        if (failing) words += $": {store.GetProperty("fault").GetString()}";
        Tell("store", !failing && age <= StoreSecondsMax, words);
    }

    private void Tell(string check, bool good, string words)
    {
        IsReady &= good;
        _text.Append(CultureInfo.InvariantCulture, $"{(good ? "ok  " : "FAIL")} {check}: {words}\n");
    }

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
}
