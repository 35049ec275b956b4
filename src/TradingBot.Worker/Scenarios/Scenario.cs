using System;
using System.Collections.Generic;
using System.Globalization;
using TradingBot.Simulation.Venue;
using TradingBot.Worker.Operator;

namespace TradingBot.Worker.Scenarios;

/// <summary>A day of the worker's life as a file tells it: what happens when, and what must be true then.</summary>
internal sealed record Scenario
{
    /// <summary>The file without folder and ending.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>What it is about, in a few sentences.</summary>
    public required string Story { get; init; }

    /// <summary>Incidents of the bots before this one that it plays again: I-11.</summary>
    public IReadOnlyList<string> Incidents { get; init; } = [];

    public VenueOptions Venue { get; init; } = new();

    public TimeSpan Length { get; init; }

    /// <summary>Longest time any position may be without a live stop, by the venue's own count.</summary>
    public long NakedNsMax { get; init; }

    /// <summary>Signals become orders; else only the file's operator enters.</summary>
    public bool Signals { get; init; }

    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];
}

/// <summary>One line of a scenario; its values were checked as they were read.</summary>
/// <param name="AtNs">When, from the venue's first instant on.</param>
/// <param name="Do">Its verb.</param>
/// <param name="Fields">Its other keys as they stand.</param>
/// <param name="Line">Line of the file.</param>
internal sealed record ScenarioStep(long AtNs, string Do, IReadOnlyDictionary<string, string> Fields, long Line)
{
    public string Symbol => Text("symbol");

    public bool Has(string key) => Fields.ContainsKey(key);

    /// <summary>Empty where the key is not there.</summary>
    public string Text(string key) => Fields.GetValueOrDefault(key, "");

    public bool Yes(string key, bool otherwise = false) => Has(key) ? Text(key) == "yes" : otherwise;

    public int Whole(string key, int otherwise = 0) =>
        Has(key) ? int.Parse(Text(key), CultureInfo.InvariantCulture) : otherwise;

    public long Ns(string key, long otherwise = 0) =>
        ScriptReader.TryTime(Text(key), out long ns) ? ns : otherwise;

    public TimeSpan Time(string key) => TimeSpan.FromTicks(Ns(key) / 100);

    /// <summary>A percentage in parts per million, with its sign.</summary>
    public int Ppm(string key, int otherwise = 0) =>
        Has(key) ? ScenarioForm.PpmOf(Text(key)) : otherwise;

    public long Dollars(string key) => long.Parse(Text(key), CultureInfo.InvariantCulture);

    public ScriptNumber? Number(string key) => ScriptNumber.Quantity(Text(key).TrimStart('-'));
}
