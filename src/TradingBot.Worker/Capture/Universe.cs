using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using TradingBot.Kraken.Feed;

namespace TradingBot.Worker.Capture;

/// <summary>All spot symbols that the venue lists as online: asked for on a socket of its own.</summary>
internal static class Universe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The list is complete when so long nothing was added to it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Empty, with the reason, when the venue does not say.</summary>
    public static IReadOnlyList<string> Read(
        VenueAddresses addresses, SocketWire wire, Func<long> clock, CancellationToken stop, out string error)
    {
        FeedRecording look = new(new RecordingOptions { Symbols = [], Addresses = addresses }, wire, null, clock());
        long start = TimeProvider.System.GetTimestamp();
        long changed = start;
        int known = 0;
        look.Run(clock, IsOver, stop);
        List<string> symbols = [];
        for (int id = 0; id < look.Symbols.Count; id++)
        {
            if (look.IsOnline(id)) symbols.Add(Encoding.ASCII.GetString(look.Symbols.TextOf(id)));
        }

        error = symbols.Count > 0 ? ""
            : $"{addresses.SpotPublic} did not tell its instruments in {Patience.TotalSeconds:0} s: name --symbols.";
        return symbols;

        bool IsOver()
        {
            if (look.Symbols.Count > known) changed = TimeProvider.System.GetTimestamp();
            known = look.Symbols.Count;
            bool complete = known > 0 && look.Confirmed == look.Wanted
                && TimeProvider.System.GetElapsedTime(changed) >= Quiet;
            return complete || TimeProvider.System.GetElapsedTime(start) >= Patience;
        }
    }
}
