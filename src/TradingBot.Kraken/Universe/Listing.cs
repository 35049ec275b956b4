using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;
using TradingBot.Kraken.Orders;

namespace TradingBot.Kraken.Universe;

/// <summary>What one answer of the venue lists.</summary>
/// <param name="Specs">Every instrument that could be read; ids are the names of this answer.</param>
/// <param name="Unread">Entries that could not be read, with the reason.</param>
/// <param name="LeftOut">Entries that are no instruments of ours: indices, dark pools, options.</param>
public sealed record Listing(ImmutableArray<InstrumentSpec> Specs, ImmutableArray<string> Unread, int LeftOut);

/// <summary>Collects a listing entry by entry; one bad entry spoils itself and nothing else.</summary>
internal sealed class ListingBuilder(long nowNs)
{
    private readonly ImmutableArray<InstrumentSpec>.Builder _specs = ImmutableArray.CreateBuilder<InstrumentSpec>();
    private readonly ImmutableArray<string>.Builder _unread = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private int _leftOut;

    public void Add(InstrumentSpec spec)
    {
        if (_ids.Add(spec.Id)) _specs.Add(spec);
        else Refuse(spec.Id, "is listed twice");
    }

    public void Refuse(string name, string why) => _unread.Add($"{name}: {why}");

    public void LeaveOut() => _leftOut++;

    /// <summary>A name in use since now.</summary>
    public VenueName Name(NameDialect dialect, string text) => new(dialect, text, nowNs);

    /// <summary>The listing; null when nothing could be read, which no listing of a venue is.</summary>
    public Listing? Build(out string fault)
    {
        fault = _unread.Count > 0 ? _unread[0] : "the answer lists no instrument";
        return _specs.Count == 0 ? null : new Listing(_specs.ToImmutable(), _unread.ToImmutable(), _leftOut);
    }

    public static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    /// <summary>A number that is a step or a least: above zero, else it is as good as missing.</summary>
    public static Amount? Positive(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) && JsonFields.TryAmount(value, out Amount amount)
            && amount.Mantissa > 0 ? amount : null;

    /// <summary>10^−decimals, also for negative decimals: −3 is 1000.</summary>
    public static Amount? StepOf(JsonElement owner, string name)
    {
        bool isThere = owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number;
        if (!isThere || !value.TryGetInt32(out int decimals)) return null;
        return decimals switch
        {
            >= 0 and <= 18 => new Amount(1, decimals),
            < 0 and >= -18 => new Amount(Market.Values.Pow10.Of(-decimals), 0),
            _ => null,
        };
    }
}
