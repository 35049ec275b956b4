// In:     the budget of connection attempts as it stands.   Out: the same for the process after this one.
// Thread: the worker's.
// Keeps:  a process that starts over and over cannot spend more attempts than one that runs on: Kraken's front bans an
//         address for that. A file that cannot be read or written costs the memory of it and nothing else.
// Budget: a small file per attempt.
using System;
using System.Globalization;
using System.IO;
using TradingBot.Kraken.Feed;

namespace TradingBot.Worker.Circle;

/// <summary>When the attempts to open sockets are earned back, in a file of the data folder.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="told">Takes a line when it cannot be written, once.</param>
internal sealed class ConnectionFile(string folder, Action<string> told)
{
    private const string Name = "connections";

    private long _writtenNs;
    private bool _isTold;

    /// <summary>What an earlier process left; 0 when there is nothing, or nothing that counts any more.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="nowNs">Unix ns.</param>
    public static long Read(string folder, long nowNs)
    {
        try
        {
            string path = Path.Combine(folder, Name);
            if (!File.Exists(path)) return 0;
            ReadOnlySpan<char> text = File.ReadAllText(path).AsSpan().Trim();
            bool isTime = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long earnedNs);
            if (!isTime) return 0;
            // A clock that was ahead then cannot keep us out for longer than the budget ever does.
            long mostNs = nowNs + RateBudget.OfConnections().OwedNsMax;
            return earnedNs <= nowNs ? 0 : Math.Min(earnedNs, mostNs);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>To be called after each step.</summary>
    public void Keep(long earnedNs)
    {
        if (earnedNs == _writtenNs) return;
        _writtenNs = earnedNs;
        try
        {
            string path = Path.Combine(folder, Name);
            File.WriteAllText(path + ".new", earnedNs.ToString(CultureInfo.InvariantCulture) + "\n");
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_isTold) told($"The next start will not know of this one's attempts to connect: {fault.Message}");
            _isTold = true;
        }
    }
}
