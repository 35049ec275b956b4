using System;

namespace TradingBot.Kraken.Rest;

/// <summary>Text nobody may print by accident: it leaves only through <see cref="Reveal"/>.</summary>
public sealed class Secret
{
    private readonly string _value;

    public Secret(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>The text itself: for signing and for the wire, nowhere else.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";
}
