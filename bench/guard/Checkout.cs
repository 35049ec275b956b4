using System;
using System.Diagnostics;
using System.IO;

namespace guard;

/// <summary>Where the sources are: bench/allocations.json and the history belong to them.</summary>
internal static class Checkout
{
    /// <summary>The folder with the solution, from the working directory or the program's own place upwards.</summary>
    public static string? Find() => Above(Environment.CurrentDirectory) ?? Above(AppContext.BaseDirectory);

    /// <summary>The commit that is checked out; "unknown" outside git.</summary>
    public static string Commit(string root)
    {
        ProcessStartInfo info = new("git", ["-C", root, "rev-parse", "--short=12", "HEAD"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process git = Process.Start(info)!;
            string text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git on this machine.
            return "unknown";
        }
    }

    private static string? Above(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "TradingBot.sln"))) return at.FullName;
        }

        return null;
    }
}
