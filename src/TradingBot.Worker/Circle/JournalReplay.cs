// In:     a journal of one start.   Out: the same worker run again, and whether it did the same.
// Thread: the caller's.
// Keeps:  I5: same inputs and same build, same commands, byte for byte; the first difference is told with its place.
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <summary>Runs a journal's worker again, in this process and as fast as it can.</summary>
internal sealed class JournalReplay
{
    private readonly InputJournalReader _reader;
    private readonly JournalCursor _cursor;
    private long _commandsSeen;
    private InputRecord _end;
    private string _endState = "";

    private JournalReplay(InputJournalReader reader, CircleOptions options)
    {
        _reader = reader;
        _cursor = new JournalCursor(reader);
        InputJournalHeader header = reader.Header;
        IntentLog log = IntentLog.Continue(new JournalLogFile(_cursor), header.LogRecords, header.LogCapacity);
        Worker = new CircleWorker(options, new JournalWire(_cursor), log, header.Epoch, header.StartNs);
    }

    public InputJournalHeader Header => _reader.Header;

    public InputJournalReader Reader => _reader;

    /// <summary>The worker as it stands where the journal ends or the replay parted from it.</summary>
    public CircleWorker Worker { get; }

    public bool SameBuild => Header.Build == WorkerJournal.Build;

    public JournalDivergence? Divergence => _cursor.Divergence;

    /// <summary>Steps that were run.</summary>
    public long Steps { get; private set; }

    /// <summary>Acts of an operator among the inputs.</summary>
    public long Acts { get; private set; }

    /// <summary>Time of the last step, Unix ns.</summary>
    public long TimeNs { get; private set; }

    /// <summary>Commands in order, but for looks at the account: the symbol's text beside each.</summary>
    public List<(OrderCommand Command, string Symbol)> Commands { get; } = [];

    public string CommandHash => Hex(Worker.CommandHash);

    public string StateHashText { get; private set; } = "";

    /// <summary>What the journal's end says; empty when the run did not end in order.</summary>
    public string RecordedCommandHash => _endState.Length > 0 ? Hex(_end.CommandHash) : "";

    public string RecordedStateHash => _endState;

    /// <summary>As far as the journal can be used, the worker did the same again.</summary>
    public bool Equal => Divergence is null;

    /// <summary>Opens a journal; null, with what is wrong, when it cannot be replayed.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static JournalReplay? Open(Stream stream, out string error)
    {
        InputJournalReader? reader = InputJournalReader.Open(stream, out error);
        if (reader is null) return null;
        if (reader.UsableRecords == 0)
        {
            error = $"It holds no whole step, so there is nothing to replay. {reader.EndText}";
            return null;
        }

        CircleOptions? options = WorkerJournal.Options(reader.Header, out error);
        return options is null ? null : new JournalReplay(reader, options);
    }

    /// <summary>Runs to the end of what can be used, or to the first difference.</summary>
    public void Run()
    {
        while (Divergence is null && _cursor.Next != InputRecordKind.None)
        {
            switch (_cursor.Next)
            {
                case InputRecordKind.Step:
                case InputRecordKind.StepAfterCommands:
                    if (CheckStanding()) Step(_cursor.Take().TimeNs);
                    break;
                case InputRecordKind.Act:
                    if (CheckStanding()) Act(_cursor.Take());
                    break;
                case InputRecordKind.Vanish:
                    _cursor.Take();
                    Worker.Vanish();
                    break;
                case InputRecordKind.End:
                    if (CheckStanding()) CheckEnd(_cursor.Take());
                    break;
                default:
                    _cursor.Differ("nothing more in this step");
                    break;
            }

            TakeCommands();
        }

        if (StateHashText.Length == 0) StateHashText = StateHash.Of(Worker.Engine);
    }

    private void Step(long nowNs)
    {
        TimeNs = nowNs;
        Steps++;
        Worker.Step(nowNs);
    }

    private void Act(InputRecord record)
    {
        TimeNs = record.TimeNs;
        // What the worker told itself is nobody's act.
        if (record.Act.Kind is not (AccountEventKind.Lease or AccountEventKind.Ending
            or AccountEventKind.Results)) Acts++;
        Worker.Operate(in record.Act, record.TimeNs, Encoding.UTF8.GetString(record.Bytes.Span));
    }

    /// <summary>Where a step begins, the worker must have come as far as the recorded one had.</summary>
    private bool CheckStanding()
    {
        InputRecord record = _cursor.Peek();
        bool same = record.Sequence == Worker.Sequence && record.CommandHash == Worker.CommandHash;
        if (!same)
        {
            _cursor.Differ($"sequence {Worker.Sequence} with commands {CommandHash} where {record.Sequence} "
                + $"and {Hex(record.CommandHash)} were recorded");
        }

        return same;
    }

    private void CheckEnd(InputRecord record)
    {
        _end = record;
        _endState = Encoding.ASCII.GetString(record.Bytes.Span);
        StateHashText = StateHash.Of(Worker.Engine);
        if (_endState != StateHashText) _cursor.Differ($"state {StateHashText} where {_endState} was recorded");
    }

    private void TakeCommands()
    {
        for (; _commandsSeen < Worker.Protection.Commands.Next; _commandsSeen++)
        {
            OrderCommand command = Worker.Protection.Commands[_commandsSeen];
            if (command.Kind == CommandKind.Snapshot) continue;
            Commands.Add((command, Encoding.UTF8.GetString(Worker.Symbols.TextOf(command.InstrumentId))));
        }
    }

    /// <summary>As the reports of run and simulate have it: a hash over the hashes of all starts.</summary>
    private static string Hex(ulong commands)
    {
        StableHash hash = default;
        hash.Add(commands);
        return hash.Value.ToString("x16", CultureInfo.InvariantCulture);
    }
}
