using System;
using System.Text.Json;
using TradingBot.Market.Values;

namespace TradingBot.Storage.Capture;

/// <summary>Tells which Kraken protocol a capture speaks, by looking at its first frames.</summary>
/// <remarks>
/// Spot v2 and Unified share one envelope, so a frame such as <c>{"channel":"heartbeat"}</c> leaves the choice open
/// until an <c>asset_class</c> or a symbol is seen; when none comes it is spot v2.
/// <c>{"event":"heartbeat"}</c> says nothing.
/// </remarks>
public sealed class DialectDetector
{
    private bool _sharedEnvelope;
    private bool _spotSymbol;
    private Dialect _sure;

    /// <summary>Further frames cannot change the answer.</summary>
    public bool IsSure => _sure != Dialect.None;

    /// <summary>The best answer so far; None when no frame said anything.</summary>
    public Dialect Dialect => IsSure ? _sure : _sharedEnvelope ? Dialect.SpotV2 : Dialect.None;

    /// <summary>Looks at one frame; frames that are not JSON tell nothing.</summary>
    public void Observe(ReadOnlySpan<byte> frame)
    {
        if (IsSure) return;
        Utf8JsonReader reader = new(frame);
        try
        {
            if (!reader.Read()) return;
            if (reader.TokenType == JsonTokenType.StartArray) _sure = Dialect.SpotV1;
            while (!IsSure && reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName) ObserveMember(ref reader);
            }
        }
        catch (JsonException)
        {
            return;
        }

        if (_sharedEnvelope && _spotSymbol && !IsSure) _sure = Dialect.SpotV2;
    }

    private void ObserveMember(ref Utf8JsonReader reader)
    {
        bool top = reader.CurrentDepth == 1;
        if (reader.ValueTextEquals("asset_class"u8)) ObserveAssetClass(ref reader);
        else if (reader.ValueTextEquals("symbol"u8)) ObserveSymbol(ref reader);
        else if (!top) return;
        else if (reader.ValueTextEquals("channel"u8) || reader.ValueTextEquals("method"u8)) _sharedEnvelope = true;
        else if (reader.ValueTextEquals("event"u8)) ObserveEvent(ref reader);
        else if (reader.ValueTextEquals("feed"u8) || reader.ValueTextEquals("product_id"u8) ||
            reader.ValueTextEquals("product_ids"u8)) _sure = Dialect.FuturesV1;
    }

    private void ObserveEvent(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return;
        if (reader.ValueTextEquals("systemStatus"u8) || reader.ValueTextEquals("subscriptionStatus"u8))
        {
            _sure = Dialect.SpotV1;
        }
        else if (reader.ValueTextEquals("info"u8))
        {
            _sure = Dialect.FuturesV1;
        }
    }

    /// <summary>Spot v2 has asset classes too (<c>currency</c>, on balances); these two are Unified's alone.</summary>
    private void ObserveAssetClass(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return;
        if (reader.ValueTextEquals("derivatives"u8) || reader.ValueTextEquals("spot"u8)) _sure = Dialect.Unified;
    }

    private void ObserveSymbol(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return;
        ReadOnlySpan<byte> symbol = reader.ValueSpan;
        if (symbol.StartsWith("PF_"u8) || symbol.StartsWith("PI_"u8) || symbol.StartsWith("FI_"u8) ||
            symbol.StartsWith("FF_"u8))
        {
            _sure = Dialect.Unified;
        }
        else if (symbol.Contains((byte)'/'))
        {
            _spotSymbol = true;
        }
    }
}
