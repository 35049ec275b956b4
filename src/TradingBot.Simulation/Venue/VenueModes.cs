// In:     a maintenance, virtual time.   Out: the mode, what is refused in it, and how status frames and calls tell.
// Thread: the venue's.
// Keeps:  one mode at a time, by time alone; sockets tell of it at once, calls after the cycle's lag.
// Budget: none.
using System;
using System.Globalization;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>The mode of the venue's engine.</summary>
/// <param name="options">With a maintenance from the start on, or none.</param>
internal sealed class VenueModes(VenueOptions options)
{
    private const string Closed = "EService:Unavailable";
    private const long NanosPerTick = 100;
    private const long SecondNs = 1_000_000_000;

    private readonly FrameText _notices = new();
    private MaintenanceCycle? _cycle = options.Maintenance;
    private long _startNs = options.StartNs;

    public VenueMode Mode { get; private set; }

    public bool ClosesSockets => _cycle is { ClosesSockets: true };

    /// <summary>When the cycle is over, Unix ns.</summary>
    public long OnlineNs => At(_cycle?.Ends ?? TimeSpan.Zero);

    /// <summary>A maintenance whose times count from now.</summary>
    public void Begin(MaintenanceCycle cycle, long nowNs)
    {
        _cycle = cycle;
        _startNs = nowNs;
    }

    /// <summary>The next time sockets are told something; never without a maintenance.</summary>
    public long NextChangeNs(long nowNs)
    {
        long nextNs = long.MaxValue;
        if (_cycle is not { } cycle) return nextNs;
        ReadOnlySpan<TimeSpan> times =
            [cycle.Announced, cycle.Begins, cycle.Begins + cycle.Length, cycle.Ends];
        foreach (TimeSpan time in times)
        {
            if (At(time) > nowNs) nextNs = Math.Min(nextNs, At(time));
        }

        return nextNs;
    }

    /// <summary>Brings the mode to the present; true when it is another one.</summary>
    public bool Advance(long nowNs)
    {
        VenueMode before = Mode;
        Mode = ModeAt(nowNs);
        return Mode != before;
    }

    public static string NameOf(VenueMode mode) => mode switch
    {
        VenueMode.Online => "online",
        VenueMode.PostOnly => "post_only",
        VenueMode.CancelOnly => "cancel_only",
        _ => "maintenance",
    };

    /// <summary>Why an order is refused now; null when the mode lets it in.</summary>
    public string? OrderRefusal(bool isPostOnly) => Mode switch
    {
        VenueMode.Online => null,
        VenueMode.PostOnly => isPostOnly ? null : "EService:Market in post_only mode",
        VenueMode.CancelOnly => "EService:Market in cancel_only mode",
        _ => Closed,
    };

    /// <summary>Why a cancel, a subscription or a token is refused now; null when the mode lets it in.</summary>
    public string? ServiceRefusal => Mode == VenueMode.Maintenance ? Closed : null;

    /// <summary>Why an amendment is refused now; null when the mode lets it in.</summary>
    public string? AmendRefusal => Mode == VenueMode.Online ? null : OrderRefusal(isPostOnly: false);

    /// <summary>What the calls say: the same, later.</summary>
    public VenueMode ModeOfCalls(long nowNs) => ModeAt(nowNs - Ns(_cycle?.RestLag ?? TimeSpan.Zero));

    /// <summary>The announcement in a status frame, as two members of its data; empty when there is none.</summary>
    public ReadOnlySpan<byte> InFrames(long nowNs) =>
        _cycle is { InFrames: true } cycle && nowNs >= At(cycle.Announced)
            ? Write(_notices.Clear().Add(","u8), nowNs).Bytes : default;

    /// <summary>The answer to SystemStatus behind its timestamp.</summary>
    public ReadOnlySpan<byte> InStatus(long nowNs) =>
        _cycle is null ? default : Write(_notices.Clear().Add(","u8), nowNs).Bytes;

    /// <summary>The events of MaintenanceSchedule.</summary>
    public ReadOnlySpan<byte> InSchedule(long nowNs)
    {
        FrameText text = _notices.Clear();
        if (IsAnnounced(nowNs)) WriteEvent(text, nowNs);
        return text.Bytes;
    }

    private static long Ns(TimeSpan time) => time.Ticks * NanosPerTick;

    private long At(TimeSpan time) => _startNs + Ns(time);

    private VenueMode ModeAt(long nowNs)
    {
        if (_cycle is not { } cycle || nowNs < At(cycle.Begins) || nowNs >= At(cycle.Ends)) return VenueMode.Online;
        return nowNs < At(cycle.Begins + cycle.Length) ? VenueMode.Maintenance : VenueMode.PostOnly;
    }

    /// <summary>The venue takes an event off its lists as its window begins.</summary>
    private bool IsAnnounced(long nowNs) =>
        _cycle is { } cycle && nowNs >= At(cycle.Announced) && nowNs < At(cycle.Begins);

    private FrameText Write(FrameText text, long nowNs)
    {
        text.Add("\"upcoming_maintenance\":["u8);
        if (IsAnnounced(nowNs)) WriteEvent(text, nowNs);
        return text.Add("],\"emergency\":[]"u8);
    }

    private void WriteEvent(FrameText text, long nowNs)
    {
        MaintenanceCycle cycle = _cycle!;
        long leftSeconds = (At(cycle.Begins) - nowNs) / SecondNs;
        TimeSpan length = cycle.AnnouncedLength > TimeSpan.Zero ? cycle.AnnouncedLength : cycle.Length;
        text.Add("{\"event_id\":1,\"title\":\""u8).Add(cycle.Title)
            .Add("\",\"expected_start_utc\":\""u8).Add(Text(At(cycle.Begins)))
            .Add("\",\"expected_end_utc\":\""u8).Add(Text(At(cycle.Begins + length)))
            .Add("\",\"time_to_start_s\":"u8).Add(leftSeconds)
            .Add(",\"phase\":\""u8).Add(PhaseOf(leftSeconds)).Add("\",\"affected_services\":["u8);
        foreach (string service in cycle.Services) text.Add("\""u8).Add(service).Add("\","u8);
        text.DropComma().Add("],\"order_submission\":\"allowed\",\"recommended_action\":\"continue\"}"u8);
    }

    private static string PhaseOf(long seconds) => seconds switch
    {
        <= 30 => "final_warning_30s",
        <= 300 => "imminent_5m",
        <= 1_800 => "approaching_30m",
        <= 86_400 => "reminder_24h",
        _ => "announced",
    };

    private static string Text(long unixNs) => DateTimeOffset.FromUnixTimeMilliseconds(unixNs / 1_000_000)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
