// In:     the arrays upcoming_maintenance, emergency and events of the venue, as JSON.   Out: notices.
// Thread: any.
// Keeps:  what cannot be read is counted, never taken for "nothing is announced".
// Budget: none; some notices a week.
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Orders;

namespace TradingBot.Kraken.Feed;

/// <summary>The two markets of the venue, as a set.</summary>
[Flags]
public enum VenueMarkets : byte
{
    None = 0,
    Spot = 1,
    Derivatives = 2,
    Both = Spot | Derivatives,
}

/// <summary>A maintenance that the venue announced, or an incident that it tells of.</summary>
/// <remarks>
/// https://docs.kraken.com/api-reference/market-data/get-maintenance-schedule: <c>{"event_id":21,"title":"…",
/// "expected_start_utc":"2026-05-11T09:00:00Z","expected_end_utc":"…","phase":"approaching_30m",
/// "affected_services":["spot_trading"],"order_submission":"allowed","recommended_action":"reduce_activity"}</c>. The
/// names inside <c>emergency</c> are not published; the same are looked for.
/// </remarks>
public sealed record VenueNotice
{
    /// <summary>The venue's number of it; its title where it has none.</summary>
    public required string Id { get; init; }

    public string Title { get; init; } = "";

    /// <summary>Begin, Unix ns; 0 = not said.</summary>
    public long StartNs { get; init; }

    /// <summary>End, Unix ns; 0 = not said.</summary>
    public long EndNs { get; init; }

    /// <summary>Whose trading it touches: sockets, calls and matching; FIX is not ours.</summary>
    public VenueMarkets Markets { get; init; }

    /// <summary>The venue's own word for how close it is; empty when not said.</summary>
    public string Phase { get; init; } = "";

    /// <summary>What the venue advises; empty when not said.</summary>
    public string Advice { get; init; } = "";

    /// <summary>It is an incident and has begun.</summary>
    public bool IsEmergency { get; init; }

    /// <summary>Entries stop whatever the time: the venue advises it, or tells of a serious incident.</summary>
    public bool StopsNow { get; init; }
}

/// <summary>Reads notices.</summary>
internal static class VenueNoticeReader
{
    private const int TextCharsMax = 200;

    /// <summary>Adds what an array holds.</summary>
    /// <returns>How many of its members are no notices.</returns>
    public static int Read(JsonElement array, bool isEmergency, List<VenueNotice> notices)
    {
        if (array.ValueKind != JsonValueKind.Array) return 1;
        int unread = 0;
        foreach (JsonElement member in array.EnumerateArray())
        {
            if (TryRead(member, isEmergency) is { } notice) notices.Add(notice);
            else unread++;
        }

        return unread;
    }

    private static VenueNotice? TryRead(JsonElement member, bool isEmergency)
    {
        if (member.ValueKind != JsonValueKind.Object) return null;
        string title = Text(member, "title"u8);
        string id = IdOf(member);
        string phase = Text(member, "phase"u8);
        string advice = Text(member, "recommended_action"u8);
        string submission = Text(member, "order_submission"u8);
        long startNs = JsonFields.TimeOf(member, "expected_start_utc"u8);
        // Without begin and phase nobody can say when it applies.
        if (!isEmergency && startNs == 0 && phase.Length == 0) return null;
        bool isAdvised = advice is "cancel_open_orders" or "stop_new_orders" or "disconnect_and_wait"
            || submission is not ("" or "allowed" or "unspecified")
            || (startNs == 0 && phase is "imminent_5m" or "final_warning_30s");
        return new VenueNotice
        {
            Id = id.Length > 0 ? id : title,
            Title = title,
            StartNs = startNs,
            EndNs = JsonFields.TimeOf(member, "expected_end_utc"u8),
            Markets = MarketsOf(member),
            Phase = phase,
            Advice = advice,
            IsEmergency = isEmergency,
            StopsNow = isAdvised || (isEmergency && advice != "continue"),
        };
    }

    /// <summary>A service that we do not know, or none named, is both: better a minute without entries.</summary>
    private static VenueMarkets MarketsOf(JsonElement member)
    {
        bool isList = member.TryGetProperty("affected_services"u8, out JsonElement services)
            && services.ValueKind == JsonValueKind.Array;
        if (!isList || services.GetArrayLength() == 0) return VenueMarkets.Both;
        VenueMarkets markets = VenueMarkets.None;
        foreach (JsonElement service in services.EnumerateArray())
        {
            markets |= Encoding.UTF8.GetString(JsonFields.Text(service)) switch
            {
                "spot_fix" or "futures_fix" => VenueMarkets.None,
                "spot_ws" or "spot_trading" => VenueMarkets.Spot,
                "futures_ws" or "futures_rest" or "futures_trading" => VenueMarkets.Derivatives,
                // The token of every private socket, of derivatives too, comes from the spot calls.
                _ => VenueMarkets.Both,
            };
        }

        return markets;
    }

    private static string IdOf(JsonElement member)
    {
        foreach (string name in (string[])["event_id", "incident_id", "id"])
        {
            if (!member.TryGetProperty(name, out JsonElement id)) continue;
            if (id.ValueKind == JsonValueKind.Number) return Cut(id.GetRawText());
            if (id.ValueKind == JsonValueKind.String) return Text(member, Encoding.UTF8.GetBytes(name));
        }

        return "";
    }

    private static string Text(JsonElement owner, ReadOnlySpan<byte> name) =>
        Cut(Encoding.UTF8.GetString(JsonFields.TextOf(owner, name)));

    private static string Cut(string text) => text.Length <= TextCharsMax ? text : text[..TextCharsMax];
}
