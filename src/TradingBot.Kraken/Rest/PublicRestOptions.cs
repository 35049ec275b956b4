using System;

namespace TradingBot.Kraken.Rest;

/// <summary>Where market data is asked for, and with how much patience.</summary>
public sealed record PublicRestOptions
{
    /// <summary>Hosts that may be asked over TLS; anything else must be this machine.</summary>
    private static readonly string[] Hosts = ["api.kraken.com", "futures.kraken.com"];

    public Uri Spot { get; init; } = new("https://api.kraken.com");

    public Uri Derivatives { get; init; } = new("https://futures.kraken.com");

    public PublicPaceOptions Pace { get; init; } = new();

    /// <summary>From the first byte out to the last byte in; AssetPairs is a megabyte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Attempts after the first.</summary>
    public int RetriesMax { get; init; } = 3;

    /// <summary>Pause before the second attempt; each further one is twice as long.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a rate limit that names no time: the venue's counter needs 5 to 15 s.</summary>
    public TimeSpan RateLimitPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A longer wait that the venue asks for is not waited for: the request fails, and says until when.
    /// </summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Rest after half of the recent requests failed.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Greatest body, after unpacking; all instruments of a thousand are some 2 MiB.</summary>
    public int BodyBytesMax { get; init; } = 16 << 20;

    /// <summary>Both hosts at one address: a stand-in on this machine, asked without pauses between requests.</summary>
    public static PublicRestOptions Loopback(Uri address) => new()
    {
        Spot = address,
        Derivatives = address,
        Pace = PublicPaceOptions.Loopback,
        RetryPause = TimeSpan.FromMilliseconds(50),
        RateLimitPause = TimeSpan.FromMilliseconds(50),
        Timeout = TimeSpan.FromSeconds(3),
        BreakerPause = TimeSpan.FromMilliseconds(500),
    };

    /// <summary>Why the address may not be asked; null when it may.</summary>
    public static string? WhyRefused(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        bool isPlain = address.AbsolutePath == "/" && address.Query.Length == 0 && address.UserInfo.Length == 0;
        if (!isPlain) return $"{address} has more than scheme, host and port";
        if (address.IsLoopback && address.Scheme is "http" or "https") return null;
        bool isKraken = Array.Exists(Hosts, host => host.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase));
        if (isKraken && address.Scheme == "https" && address.IsDefaultPort) return null;
        return $"{address} is neither https://{string.Join(" nor https://", Hosts)} nor an address of this machine";
    }
}
