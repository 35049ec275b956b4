using System.Collections.Generic;
using TradingBot.Storage.Database;

namespace TradingBot.Storage.Candles;

/// <summary>What an import of one file came to.</summary>
public sealed class ImportOutcome
{
    /// <summary>Bad lines that are quoted; the others are counted.</summary>
    public const int QuotedMax = 10;

    /// <summary>Lines read now; those of an earlier, interrupted import are in <see cref="Resumed"/>.</summary>
    public long Lines { get; internal set; }

    /// <summary>Lines that an earlier import had done.</summary>
    public long Resumed { get; internal set; }

    /// <summary>Rows that are new or have changed.</summary>
    public long Written { get; internal set; }

    public long BadLines { get; internal set; }

    /// <summary>Numbers with digits no quantity has, rounded to 8 decimals.</summary>
    public long Rounded { get; internal set; }

    /// <summary>The first bad lines, each with its number and what is wrong.</summary>
    public List<string> Quoted { get; } = [];

    /// <summary>Stopped by the operator; the next import goes on from here.</summary>
    public bool Interrupted { get; internal set; }

    /// <summary>Why it ended early, or null.</summary>
    public StoreFault? Fault { get; internal set; }

    /// <summary>Why the file ended early, or null: a cut or damaged gzip, a disk.</summary>
    public string? FileFault { get; internal set; }

    internal void AddBad(long number, string what)
    {
        BadLines++;
        if (Quoted.Count < QuotedMax) Quoted.Add($"line {number}: {what}");
    }
}
