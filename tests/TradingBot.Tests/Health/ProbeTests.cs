using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Settings;
using TradingBot.Tests.Support;
using TradingBot.Worker;
using TradingBot.Worker.Health;
using Xunit;

namespace TradingBot.Tests.Health;

/// <summary>A probe keeps what came and tells where it differs from what is assumed.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task Every_channel_is_listened_to_its_frames_are_kept_and_refusals_are_told()
    {
        using Configured configured = new();
        string place = Path.Combine(configured.Folder, "probe");
        (int code, string output, string error) = await Configured.InvokeAsync(
            "probe", "--json", "--for", "4s", "--out", place, "--data", Path.Combine(configured.Folder, "data"));
        Assert.True(code is ExitCode.Ok or ExitCode.CheckFailed, error);
        using JsonDocument json = JsonDocument.Parse(output);
        Dictionary<string, JsonElement> channels = json.RootElement.GetProperty("channels").EnumerateArray()
            .ToDictionary(channel => channel.GetProperty("channel").GetString()!);
        Assert.Equal(
            ["balances", "book", "executions", "instrument", "ledgers", "margin", "ohlc", "positions", "status",
                "ticker", "trade"],
            channels.Keys.Order(StringComparer.Ordinal));
        foreach (string channel in (string[])["book", "executions", "instrument", "positions", "status"])
        {
            Assert.True(channels[channel].GetProperty("frames").GetInt32() > 0, $"{channel}: {output}");
        }

        foreach (JsonElement channel in channels.Values)
        {
            bool came = channel.GetProperty("frames").GetInt32() > 0;
            string verdict = channel.GetProperty("verdict").GetString()!;
            bool isTold = verdict == "no frame came" || verdict.StartsWith("refused: ", StringComparison.Ordinal);
            Assert.True(came || isTold, verdict);
        }

        string[] files = [.. Directory.GetFiles(place).Order(StringComparer.Ordinal)];
        Assert.Equal([".json", ".ndjson"], files.Select(Path.GetExtension));
        string[] frames = File.ReadAllLines(files[1]);
        Assert.Contains(frames, frame => frame.Contains("\"channel\":\"book\"", StringComparison.Ordinal));
        Assert.DoesNotContain(frames, frame => frame.Contains("\"token\"", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in files)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void A_member_nobody_assumed_and_one_that_did_not_come_are_told_apart()
    {
        ChannelProbe probe = new("trade");
        Assert.True(probe.Differs);
        using JsonDocument frame = JsonDocument.Parse(
            """{"channel":"trade","type":"update","data":[{"symbol":"PF_XBTUSD","price":1,"size":2}]}""");
        probe.Take(frame.RootElement);
        Assert.Equal(["data[].size"], probe.Unknown);
        Assert.Contains("data[].qty", probe.Unseen);
        Assert.DoesNotContain("data[].price", probe.Unseen);
        Assert.True(probe.Differs);
        Assert.Equal("members nobody assumed", probe.Verdict);
    }

    [Fact]
    public void Every_member_of_the_assumed_frames_is_in_the_table()
    {
        string folder = Repository.Shared("kraken", "fixtures", "uws", "assumed");
        int frames = 0;
        foreach (string line in Directory.GetFiles(folder, "*.ndjson").SelectMany(File.ReadAllLines))
        {
            using JsonDocument frame = JsonDocument.Parse(line);
            bool isData = frame.RootElement.TryGetProperty("channel", out JsonElement channel)
                && !frame.RootElement.TryGetProperty("method", out _);
            if (!isData) continue;
            frames++;
            Assert.Empty(AssumedMembers.PathsOf(frame.RootElement)
                .Except(AssumedMembers.ByChannel[channel.GetString()!], StringComparer.Ordinal));
        }

        Assert.True(frames > 15, $"only {frames} frames were read");
    }
}
