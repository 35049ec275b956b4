using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Commands;
using Xunit;

namespace TradingBot.Tests.Scenarios;

/// <summary>I5 for the whole circle: a seed is one day, whatever process lives it.</summary>
public sealed class SeedTraceTests
{
    private const double Hours = 0.01;
    private const int Others = 600;
    private const int FaultsPerMillion = 20_000;

    [Fact]
    public async Task A_seed_has_one_trace_in_two_processes_and_no_other_seed_has_it_I5()
    {
        int seeds = Seed.Count(100, 1_000);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seeds 1 to {seeds}; repeat one with simulate --seed N --hours {Hours} --others {Others} --faults "
                + FaultsPerMillion);
        (int code, string output, string error) = await Verb.RunAsync(
            "simulate", "--seeds", Text(seeds), "--hours", Hours.ToString(CultureInfo.InvariantCulture), "--others",
            Text(Others), "--faults", Text(FaultsPerMillion), "--crashes", "1");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        string[] theirs = output.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        string[] ours = [.. Enumerable.Range(1, seeds).Select(seed => Trace((ulong)seed))];
        Assert.Equal(ours, theirs);
        Assert.Equal(seeds, ours.Select(line => line.Split(' ')[1]).Distinct().Count());
    }

    [Fact]
    public void Habits_are_drawn_either_way_and_are_part_of_the_trace()
    {
        Dictionary<string, int> times = [];
        const int Seeds = 200;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            foreach ((string name, bool isSo) in VenueHabits.Of(seed).Named())
            {
                times[name] = times.GetValueOrDefault(name) + (isSo ? 1 : 0);
            }
        }

        Assert.All(times, pair => Assert.InRange(pair.Value, Seeds / 8, Seeds * 7 / 8));
        Assert.Equal(VenueHabits.Of(7), VenueHabits.Of(7));
        VenueHabits usual = new();
        foreach ((string name, _) in usual.Named())
        {
            VenueHabits other = usual.Without(name)!;
            Assert.Single(other.Named().Zip(usual.Named()), pair => pair.First.Is != pair.Second.Is);
            Assert.Contains(name, other.ToString(), StringComparison.Ordinal);
        }

        Assert.Null(usual.Without("no_such_habit"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Trace(ulong seed)
    {
        FaultPlan faults = new(seed);
        foreach (VenueFault fault in Enum.GetValues<VenueFault>()) faults.At(fault, FaultsPerMillion);
        CircleOptions options =
            SimulateCommand.OptionsOf(seed, TimeSpan.FromHours(Hours), faults, Others, drawn: true);
        using VirtualCircle circle = new(options);
        CircleReport report = SimulateCommand.Run(options, circle, parts: 2);
        Assert.True(report.Sound, $"seed {seed}");
        return $"{seed} {report.TraceHash}";
    }
}
