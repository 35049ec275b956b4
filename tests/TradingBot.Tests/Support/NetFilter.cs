using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace TradingBot.Tests.Support;

/// <summary>
/// The kernel's packet filter, where this machine lets us have it: what goes to or from a port of loopback vanishes,
/// and neither side is told.
/// </summary>
internal sealed class NetFilter : IDisposable
{
    private const string Prefix = "tradingbot_test_";

    private readonly string _table = Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private NetFilter()
    {
    }

    /// <summary>Null, with the reason, where there is no nft or it is not permitted.</summary>
    public static NetFilter? TryOpen(out string why)
    {
        NetFilter filter = new();
        DropTablesOfTheDead();
        if (!Run(out why, "add", "table", "inet", filter._table)) return null;
        bool isMade = Run(
            out why, "add", "chain", "inet", filter._table, "out", "{ type filter hook output priority 0 ; }");
        if (isMade) return filter;
        filter.Dispose();
        return null;
    }

    /// <summary>Packets of TCP to and from the port are dropped from now on.</summary>
    public void Drop(int port)
    {
        string text = port.ToString(CultureInfo.InvariantCulture);
        foreach (string side in (string[])["dport", "sport"])
        {
            Must("add", "rule", "inet", _table, "out", "oifname", "lo", "tcp", side, text, "drop");
        }
    }

    /// <summary>Everything passes again.</summary>
    public void Heal() => Must("flush", "chain", "inet", _table, "out");

    public void Dispose() => _ = Run(out _, "delete", "table", "inet", _table);

    /// <summary>A test that was killed left its table behind.</summary>
    private static void DropTablesOfTheDead()
    {
        if (!Run(out string listed, "list", "tables")) return;
        foreach (string line in listed.Split('\n'))
        {
            string name = line.Split(' ').Last();
            bool isOurs = name.StartsWith(Prefix, StringComparison.Ordinal)
                && !Directory.Exists("/proc/" + name[Prefix.Length..]);
            if (isOurs) _ = Run(out _, "delete", "table", "inet", name);
        }
    }

    private static void Must(params string[] arguments)
    {
        if (!Run(out string words, arguments)) throw new InvalidOperationException(words);
    }

    /// <summary>False with what it complained of, true with what it said.</summary>
    private static bool Run(out string words, params string[] arguments)
    {
        try
        {
            ProcessStartInfo start = new("nft") { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            words = process.ExitCode == 0 ? output : error.Trim();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            words = missing.Message;
            return false;
        }
    }
}
