using System;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Storage.Journal;

/// <summary>What one record of the input journal tells: docs/journal-format.md.</summary>
public enum InputRecordKind : byte
{
    None = 0,

    /// <summary>The worker was stepped: TimeNs, and the worker's Sequence before it.</summary>
    Step = 1,

    /// <summary>The same, and commands were made since the last one: CommandHash.</summary>
    StepAfterCommands = 2,

    /// <summary>The wire told that a socket is open: Connection.</summary>
    Opened = 3,

    /// <summary>The wire told a message: Connection, Bytes.</summary>
    Frame = 4,

    /// <summary>The wire told that a socket is no more: Connection.</summary>
    Closed = 5,

    /// <summary>The wire told an HTTP answer: Connection, Status, Bytes.</summary>
    Answer = 6,

    /// <summary>The worker opened a socket: Endpoint, and the Connection it got.</summary>
    Open = 7,

    /// <summary>The worker hung up: Connection.</summary>
    Close = 8,

    /// <summary>The worker sent a message: Connection, Bytes; Done as the wire answered.</summary>
    Send = 9,

    /// <summary>The worker made a request: Path and body as Bytes, and the Connection (number) it got.</summary>
    Request = 10,

    /// <summary>The worker wrote to its intent log: Offset, Bytes; Done unless the medium refused.</summary>
    LogWrite = 11,

    /// <summary>The worker synced its intent log: Done unless the medium refused.</summary>
    LogSync = 12,

    /// <summary>An operator's act: TimeNs, Sequence, Act; why, as UTF-8, in Bytes.</summary>
    Act = 13,

    /// <summary>The worker was told to vanish.</summary>
    Vanish = 14,

    /// <summary>The run ended in order: Sequence, CommandHash, state hash as 64 hex digits in Bytes.</summary>
    End = 15,

    /// <summary>The worker looked at the clock, before an entry left: ClockNs.</summary>
    Clock = 16,
}

/// <summary>One record as read; its memory is valid until the next one is read.</summary>
public struct InputRecord
{
    public InputRecordKind Kind;

    /// <summary>Place in the journal, from 0.</summary>
    public long Number;

    /// <summary>Time of the step or act it belongs to, Unix ns.</summary>
    public long TimeNs;

    /// <summary>Events the worker had numbered at the step's or act's beginning.</summary>
    public long Sequence;

    /// <summary>The worker's commands up to there, by hash.</summary>
    public ulong CommandHash;

    /// <summary>What the clock said, Unix ns.</summary>
    public long ClockNs;
    public long Offset;
    public int Connection;
    public int Status;
    public WireEndpoint Endpoint;
    public bool Done;
    public ReadOnlyMemory<byte> Path;
    public ReadOnlyMemory<byte> Bytes;
    public AccountRecord Act;

    /// <summary>Everything before it is whole: what the worker did in answer to the last input is recorded.</summary>
    public readonly bool IsBoundary => Kind is InputRecordKind.Step or InputRecordKind.StepAfterCommands
        or InputRecordKind.Act or InputRecordKind.Vanish or InputRecordKind.End;
}
