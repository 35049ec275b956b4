using System.Collections.Generic;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>
/// Tokens of private sockets: good for fifteen minutes, then only where a subscription was made with them.
/// </summary>
internal sealed class VenueTokens(ulong seed)
{
    public const int LifeSeconds = 900;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 43;

    private readonly SplitMix64 _random = new(seed ^ 0x70CE_2222_0000_0003);
    private readonly Dictionary<string, long> _expiryNs = [];

    public string Issue(long nowNs)
    {
        string token = string.Create(Length, _random, static (text, random) =>
        {
            for (int i = 0; i < text.Length; i++) text[i] = Alphabet[random.Below(Alphabet.Length)];
        });
        _expiryNs[token] = nowNs + (LifeSeconds * 1_000_000_000L);
        return token;
    }

    /// <summary>Null when the token opens this connection now, else the venue's words.</summary>
    public string? Error(string token, VenueConnection connection, long nowNs)
    {
        if (token.Length == 0) return "EGeneral:Permission denied";
        if (!_expiryNs.TryGetValue(token, out long expiryNs)) return "ESession:Invalid session";
        bool isLive = nowNs < expiryNs || connection.Token == token;
        return isLive ? null : "ESession:Invalid session";
    }
}
