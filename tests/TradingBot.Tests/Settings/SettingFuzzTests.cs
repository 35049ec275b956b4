using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Tests.Support;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>A damaged file is a list of faults, never an exception; distances agree with their definition.</summary>
public sealed class SettingFuzzTests
{
    private const string Letters = "abz_.:#'\"[]{}&*!<>-|%@ \n\t0195,?\\";

    [Fact]
    public void A_mutated_file_is_read_or_refused_with_a_place_and_never_throws()
    {
        string shipped = File.ReadAllText(Path.Combine(Repository.Root, "config", "tradingbot.yaml"));
        // Without the comments most mutations hit something that counts.
        string[] lines = [.. shipped.Split('\n').Where(line => !line.TrimStart().StartsWith('#') && line.Length > 0)];
        string seed = string.Join('\n', lines) + "\n";
        Random random = Seed.Random(20261124, "configuration files");
        int refused = 0;
        int runs = Seed.Count(ci: 2_000, full: 50_000);
        for (int run = 0; run < runs; run++)
        {
            List<char> text = [.. seed];
            for (int edits = random.Next(1, 4); edits > 0; edits--) Mutate(text, random);
            List<SettingFault> faults = [];
            IReadOnlyList<GivenSetting> given = YamlFile.Read("f", new string([.. text]), faults);
            refused += faults.Count > 0 ? 1 : 0;
            Assert.All(faults, fault => Assert.True(fault.Source.Line > 0 && fault.Message.Length > 0, fault.Text));
            Assert.Equal(given.Count, given.Select(one => one.Key).Distinct().Count());
            Assert.All(given, one => Assert.NotNull(SettingTable.Find(one.Key)));
            foreach (GivenSetting one in given) SettingTable.Find(one.Key)!.Read(new WorkerSettings(), one.Text);
        }

        Assert.True(refused > runs / 4, $"only {refused} of {runs} were refused: the mutations hit nothing");
    }

    [Fact]
    public void Edit_distances_agree_with_their_definition()
    {
        Random random = Seed.Random(20261125, "edit distance");
        for (int run = 0; run < 400; run++)
        {
            string left = Word(random);
            string right = Word(random);
            Assert.Equal(Slow(left, right), NearestName.Edits(left, right));
        }

        Assert.Equal(0, NearestName.Edits("Mode", "mode"));
    }

    private static void Mutate(List<char> text, Random random)
    {
        int at = random.Next(text.Count);
        switch (random.Next(4))
        {
            case 0:
                text.RemoveAt(at);
                break;
            case 1:
                text.Insert(at, Letters[random.Next(Letters.Length)]);
                break;
            case 2:
                text[at] = Letters[random.Next(Letters.Length)];
                break;
            default:
                int length = Math.Min(random.Next(1, 60), text.Count - at);
                text.InsertRange(random.Next(text.Count), text.GetRange(at, length));
                break;
        }
    }

    private static string Word(Random random) =>
        new([.. Enumerable.Range(0, random.Next(7)).Select(_ => "abc"[random.Next(3)])]);

    /// <summary>The definition, word for word.</summary>
    private static int Slow(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0) return left.Length + right.Length;
        if (left[0] == right[0]) return Slow(left[1..], right[1..]);
        return 1 + Math.Min(Slow(left[1..], right[1..]), Math.Min(Slow(left[1..], right), Slow(left, right[1..])));
    }
}
