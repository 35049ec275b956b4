using System;
using System.IO;
using TradingBot.Storage.Journal;
using TradingBot.Worker;
using TradingBot.Worker.Commands;
using Xunit;

namespace TradingBot.Tests.Circle;

/// <summary>What the verbs answer: <c>simulate --journal</c> writes, <c>replay</c> recognises and compares.</summary>
public sealed class JournalVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-verb").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Simulate_writes_a_journal_that_replay_finds_equal_and_damage_or_another_file_is_told_by_exit_code()
    {
        int simulated = SimulateCommand.Build()
            .Parse(["--hours", "0.2", "--crashes", "1", "--journal", _folder, "--json"]).Invoke();
        Assert.Equal(ExitCode.Ok, simulated);
        string second = Path.Combine(_folder, "inputs-2.tbj");
        Assert.True(File.Exists(Path.Combine(_folder, "inputs-1.tbj")));
        Assert.Equal(ExitCode.Ok, Replay(second, "--json"));
        Assert.Equal(ExitCode.Ok, Replay(second));

        Assert.Equal(ExitCode.Usage, Replay(second, "--merge"));
        Assert.Equal(ExitCode.Usage, Replay(second, Path.Combine(_folder, "inputs-1.tbj")));
        byte[] bytes = File.ReadAllBytes(second);
        string strange = Path.Combine(_folder, "strange.tbj");
        File.WriteAllBytes(strange, [.. bytes[..9], 0xFF, .. bytes[10..]]);
        Assert.Equal(ExitCode.Usage, Replay(strange));

        // Options and epoch are inputs too: with others, other bytes come out.
        using InputJournalReader reader = Journal.Journals.Open(bytes);
        InputJournalHeader header = reader.Header;
        string options = header.Options.Replace("\"AnswerTimeoutNs\":10000000000", "\"AnswerTimeoutNs\":1",
            StringComparison.Ordinal);
        Assert.NotEqual(header.Options, options);
        header = header with { Epoch = 9, Options = options };
        File.WriteAllBytes(strange, Journal.Journals.Write(header, Journal.Journals.Read(bytes)));
        Assert.Equal(ExitCode.CheckFailed, Replay(strange, "--json"));
    }

    private static int Replay(params string[] arguments) => ReplayCommand.Build().Parse(arguments).Invoke();
}
