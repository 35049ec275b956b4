namespace TradingBot.Storage.Capture;

/// <summary>How a capture is written: one frame a line, plain or gzip, or in segments.</summary>
public enum CaptureFormat : byte
{
    /// <summary>Found out from the first lines of the file.</summary>
    Auto = 0,

    /// <summary><c>{"recv_ns":1785644622178672600,"raw":"{\"channel\":\"heartbeat\"}"}</c>; time may be null.</summary>
    Envelope = 1,

    /// <summary><c>{"channel":"heartbeat"}</c>: the frame alone, without a receive time.</summary>
    Raw = 2,

    /// <summary><c>2026-08-02T04:23:42.1786726Z {"channel":"heartbeat"}</c>, as tardis.dev writes.</summary>
    Rfc3339Stamped = 3,

    /// <summary><c>1618678132.8314: {"event":"heartbeat"}</c>, as cryptofeed writes; its notes are skipped.</summary>
    SecondsStamped = 4,

    /// <summary>Segments of a recording: docs/capture-format.md.</summary>
    Segments = 5,
}
