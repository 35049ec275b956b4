using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Orders;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <content>
/// A second private connection that only looks: a snapshot on demand, while the first one's stream goes on.
/// </content>
/// <remarks>
/// The Unified WebSocket has no call that asks; a snapshot comes with a subscription only. On one connection every
/// look would end the stream for as long as it takes.
/// </remarks>
internal sealed partial class CircleWorker
{
    private readonly CircleSocket? _inspector;
    private readonly SocketOrderLane? _looker;
    private bool _isInspecting;
    private bool _hasBegun;
    private bool _isLooking;

    /// <summary>Looks that the second connection made.</summary>
    public long Inspections { get; private set; }

    /// <summary>The second connection can look; false also where there is none.</summary>
    public bool HasInspector => _looker is { IsUp: true };

    private SocketOrderLane? NewLooker() => _options is { Inspector: true, Lane: DerivativesLane.Unified }
        ? new SocketOrderLane(_symbols, new LaneOptions()) : null;

    /// <summary>Asks the second connection for the look; false: the first one has to make it.</summary>
    private bool TryInspect(in OrderCommand command, long nowNs)
    {
        bool isFree = _looker is { IsUp: true } && _lane.IsUp && !_isInspecting && !_isLooking;
        if (!isFree || command.Kind != CommandKind.Snapshot) return false;
        Inspections++;
        _isInspecting = true;
        _hasBegun = false;
        _looker!.Submit(in command, nowNs);
        return true;
    }

    /// <summary>Of two looks at once the first connection's counts: what the other told is given up.</summary>
    private void NoteLook(in AccountRecord record, long nowNs)
    {
        bool counts = record.Kind is AccountEventKind.SnapshotBegin or AccountEventKind.LaneDown;
        if (counts && _isInspecting)
        {
            AccountRecord end = new() { Kind = AccountEventKind.SnapshotEnd, Completeness = Completeness.Failed };
            if (_hasBegun) Tell(in end, nowNs);
            _isInspecting = false;
            _hasBegun = false;
        }

        if (record.Kind == AccountEventKind.SnapshotBegin) _isLooking = true;
        if (record.Kind == AccountEventKind.SnapshotEnd) _isLooking = false;
    }

    /// <summary>The look is told, and nothing else: news come by the first connection.</summary>
    private bool TakeInspection(long nowNs)
    {
        bool busy = false;
        while (_looker is not null && _looker.TryTakeRecord(out AccountRecord record))
        {
            if (!_isInspecting) continue;
            bool isAnswer = record.Command == CommandKind.Snapshot;
            bool begins = record.Kind == AccountEventKind.SnapshotBegin;
            bool ends = record.Kind == AccountEventKind.SnapshotEnd;
            _hasBegun |= begins;
            // A look of its own may still be under way when it is asked: what is left of that is not told.
            bool isOfLook = _hasBegun && (record.Snapshot || begins || ends);
            if (!isAnswer && !isOfLook) continue;
            Tell(in record, nowNs);
            busy = true;
            bool isOver = (ends && _hasBegun) || (isAnswer && record.Kind == AccountEventKind.Refused);
            if (!isOver) continue;
            _isInspecting = false;
            _hasBegun = false;
        }

        return busy;
    }

    private void OnInspector(in WireEvent e, long nowNs)
    {
        SocketWatch watch = _inspector!.Watch;
        switch (e.Kind)
        {
            case WireEventKind.Opened:
                watch.OnOpened(nowNs);
                _looker!.OnConnected(nowNs);
                break;
            case WireEventKind.Frame:
                watch.OnFrame(nowNs);
                _looker!.OnFrame(e.Bytes, nowNs);
                if (_looker.IsUp) watch.ExpectBeats();
                break;
            default:
                _inspector.OnClosed(in e, nowNs);
                OnLost(_inspector, nowNs);
                break;
        }
    }
}
