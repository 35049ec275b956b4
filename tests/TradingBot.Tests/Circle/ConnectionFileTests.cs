using System;
using System.Collections.Generic;
using System.IO;
using TradingBot.Kraken.Feed;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>Attempts to connect are counted over restarts: a crash loop is not to have the address banned.</summary>
public sealed class ConnectionFileTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private const long NowNs = 1_789_390_800 * Second;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("connections");

    private string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Processes_that_die_at_once_share_one_budget()
    {
        long nowNs = NowNs;
        int spent = 0;
        for (int start = 0; start < 600; start++, nowNs += Second)
        {
            RateBudget budget = RateBudget.OfConnections(ConnectionFile.Read(Folder, nowNs));
            ConnectionFile file = new(Folder, _ => Assert.Fail("it cannot be written"));
            // Four sockets, and the process dies.
            for (int socket = 0; socket < 4; socket++)
            {
                if (budget.TryTake(nowNs)) spent++;
            }

            file.Keep(budget.EarnedNs);
        }

        Assert.InRange(spent, 70, 75);
    }

    [Fact]
    public void What_is_past_or_unreadable_or_of_a_clock_far_ahead_keeps_nobody_out_for_long()
    {
        Assert.Equal(0, ConnectionFile.Read(Folder, NowNs));
        string path = Path.Combine(Folder, "connections");
        File.WriteAllText(path, $"{NowNs - 1}\n");
        Assert.Equal(0, ConnectionFile.Read(Folder, NowNs));
        File.WriteAllText(path, "soon\n");
        Assert.Equal(0, ConnectionFile.Read(Folder, NowNs));
        File.WriteAllText(path, $"{NowNs + 3_600 * Second}\n");
        Assert.Equal(NowNs + 150 * Second, ConnectionFile.Read(Folder, NowNs));
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_told_once()
    {
        List<string> told = [];
        ConnectionFile file = new(Path.Combine(Folder, "nowhere"), told.Add);
        file.Keep(NowNs);
        file.Keep(NowNs + 1);
        Assert.Single(told);
    }

    [Fact]
    public void A_worker_begins_with_what_is_left()
    {
        CircleOptions options = new() { ConnectionsEarnedNs = new CircleOptions().Venue.StartNs + 150 * Second };
        using VirtualCircle circle = new(options);
        circle.Run(TimeSpan.FromSeconds(9));
        Assert.All(circle.Worker.Sockets.ToArray(), socket => Assert.Equal(0, socket.Watch.Attempts));
        circle.Run(TimeSpan.FromSeconds(30));
        Assert.All(circle.Worker.Sockets.ToArray(), socket => Assert.Equal(1, socket.Watch.Attempts));
        Assert.True(circle.Worker.ConnectionsEarnedNs > circle.NowNs);
    }
}
