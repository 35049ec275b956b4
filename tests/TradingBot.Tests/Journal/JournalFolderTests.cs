using System;
using System.IO;
using System.Linq;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using Xunit;

namespace TradingBot.Tests.Journal;

public sealed class JournalFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-journals").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_journal_is_named_by_its_start_and_readable_by_its_owner_alone()
    {
        JournalFolder folder = new(_folder);
        folder.Create(7).Dispose();
        Assert.Equal(Path.Combine(_folder, "inputs-7.tbj"), folder.Path);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Path));
        }

        // A start that came to nothing before its epoch was durable left its journal: it stays.
        JournalFolder again = new(_folder);
        again.Create(7).Dispose();
        Assert.Equal(Path.Combine(_folder, "inputs-7-2.tbj"), again.Path);
        Assert.True(File.Exists(folder.Path));
    }

    [Fact]
    public void The_oldest_go_first_and_the_current_one_never()
    {
        for (int n = 1; n <= 4; n++) Other(n, 1_000);
        JournalFolder folder = new(_folder, 3_500);
        using DiskLogFile file = folder.Create(5);
        Assert.True(folder.TryMakeRoom(400));
        Assert.Equal(["inputs-2.tbj", "inputs-3.tbj", "inputs-4.tbj", "inputs-5.tbj"], Names());
        Assert.True(folder.TryMakeRoom(2_000));
        Assert.Equal(["inputs-4.tbj", "inputs-5.tbj"], Names());
        Assert.True(folder.TryMakeRoom(3_500));
        Assert.Equal(["inputs-5.tbj"], Names());
        Assert.Equal(4, folder.Deleted);
        Assert.False(folder.TryMakeRoom(3_501));
        Assert.True(File.Exists(folder.Path));
    }

    [Fact]
    public void A_journal_that_somebody_holds_is_not_deleted()
    {
        using (DiskLogFile held = new JournalFolder(_folder).Create(1))
        {
            held.Write(0, new byte[1_000]);
            JournalFolder folder = new(_folder, 1_100);
            using DiskLogFile file = folder.Create(2);
            Assert.True(folder.TryMakeRoom(900));
            Assert.Equal(0, folder.Deleted);
        }

        Assert.True(File.Exists(Path.Combine(_folder, "inputs-1.tbj")));
    }

    [Fact]
    public void A_journal_that_alone_reaches_the_limit_ends_and_says_so()
    {
        JournalFolder folder = new(_folder, 4_000);
        InputJournal journal = InputJournal.Begin(folder.Create(1), Journals.Header, folder);
        byte[] noise = new byte[1_000];
        Random random = new(1);
        using System.Threading.ManualResetEventSlim pause = new();
        long n = 0;
        for (; journal.Fault == JournalFault.None && n < 60_000; n++)
        {
            random.NextBytes(noise);
            journal.Step(Journals.Header.StartNs + (n * 300_000_000), n, 0);
            journal.Told(WireEventKind.Frame, 1, 0, noise);
            pause.Wait(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }

        journal.Dispose();
        Assert.Equal(JournalFault.LimitReached, journal.Fault);
        byte[] bytes = File.ReadAllBytes(folder.Path);
        // A piece that does not fit is not begun: on a busy machine pieces are long.
        Assert.InRange(bytes.Length, 1_000, 4_100);
        using InputJournalReader reader = Journals.Open(bytes);
        Assert.Equal(JournalEnd.Broken, reader.End);
        Assert.Contains("LimitReached", reader.EndText, StringComparison.Ordinal);
        Assert.True(reader.UsableRecords > 0);
    }

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(Path.GetFileName).Order()!];

    private void Other(int n, int bytes)
    {
        string path = Path.Combine(_folder, $"inputs-{n}.tbj");
        File.WriteAllBytes(path, new byte[bytes]);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, n, 0, 0, 0, DateTimeKind.Utc));
    }
}
