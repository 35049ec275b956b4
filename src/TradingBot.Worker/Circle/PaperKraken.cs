using System;
using System.IO;
using TradingBot.Kraken.Feed;
using TradingBot.Simulation.Paper;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>Kraken's public feed, with an account on paper.</summary>
internal static class PaperKraken
{
    /// <summary>The addresses of public data alone: a paper run has no business at the private one.</summary>
    public static VenueAddresses PublicOnly(VenueAddresses addresses) =>
        addresses with { UnifiedPrivate = new Uri("ws://127.0.0.1:1/paper") };

    /// <summary>The paper account of a folder over a wire of market data; null, with the reason, when it cannot be
    /// used.</summary>
    public static PaperWire? Over(IWire marketData, string folder, CircleOptions options, out string fault) =>
        PaperWire.Over(
            marketData, new PaperOptions
            {
                Venue = options.Venue,
                Mark = options.Mark,
                Redundant = options.Sockets.Redundant,
                Legacy = options.Sockets.Legacy,
            },
            Path.Combine(folder, "paper-account.json"), out fault);
}
