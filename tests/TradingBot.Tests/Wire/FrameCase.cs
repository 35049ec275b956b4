using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Tests.Support;

namespace TradingBot.Tests.Wire;

/// <summary>
/// One file of <c>tests/data/frames</c>: a frame of one shape, exact bytes without the last line end.
/// </summary>
internal sealed record FrameCase(Dialect Dialect, string Name, byte[] Frame)
{
    /// <summary>All shapes of one dialect's folder, by name.</summary>
    public static List<FrameCase> Read(string folder)
    {
        List<FrameCase> cases = [];
        string[] files = Directory.GetFiles(Repository.TestData("frames", folder), "*.json");
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
        {
            cases.Add(new FrameCase(DialectOf(folder), Path.GetFileNameWithoutExtension(file), ReadFrame(file)));
        }

        return cases;
    }

    public static FrameCase Read(string folder, string name) =>
        new(DialectOf(folder), name, ReadFrame(Repository.TestData("frames", folder, name + ".json")));

    private static byte[] ReadFrame(string file) => Encoding.UTF8.GetBytes(File.ReadAllText(file).TrimEnd('\n'));

    private static Dialect DialectOf(string folder) => folder switch
    {
        "spot-v2" => Dialect.SpotV2,
        "unified" => Dialect.Unified,
        "spot-v1" => Dialect.SpotV1,
        "futures-v1" => Dialect.FuturesV1,
        _ => throw new ArgumentOutOfRangeException(nameof(folder)),
    };
}
