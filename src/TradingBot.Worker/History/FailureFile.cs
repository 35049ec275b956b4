using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.History;

/// <summary>Failed requests as JSON lines beside the store: each with the venue's whole body.</summary>
/// <remarks>At 8 MiB the file becomes <c>….1</c>, in the place of the one before: two generations are kept.</remarks>
internal sealed class FailureFile(string path)
{
    private const long BytesMax = 8 << 20;

    /// <summary>Failures held for the report of one run; counts go on beyond it.</summary>
    private const int RecordsMax = 1_000;

    private readonly Lock _gate = new();
    private readonly List<RestFailure> _records = [];
    private readonly long[] _counts = new long[(int)RestFailureClass.Other + 1];

    /// <summary>Why records could not be written; empty while they can.</summary>
    public string Fault { get; private set; } = "";

    public string Path => path;

    /// <summary>The first failures of this run.</summary>
    public IReadOnlyList<RestFailure> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    /// <summary>Failed attempts of a class in this run.</summary>
    public long CountOf(RestFailureClass failure)
    {
        lock (_gate) return _counts[(int)failure];
    }

    /// <summary>Keeps a failure; a disk that does not take it is told once and stops nothing.</summary>
    public void Add(RestFailure failure)
    {
        lock (_gate)
        {
            _counts[(int)failure.Class]++;
            if (_records.Count < RecordsMax) _records.Add(failure);
            try
            {
                FileInfo file = new(path);
                if (file.Exists && file.Length > BytesMax) File.Move(path, path + ".1", overwrite: true);
                using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
                using (Utf8JsonWriter json = new(stream)) Write(json, failure);
                stream.Write("\n"u8);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Fault = fault.Message;
            }
        }
    }

    /// <summary>One failure as an object.</summary>
    public static void Write(Utf8JsonWriter json, RestFailure failure)
    {
        json.WriteStartObject();
        json.WriteString("time", DateTimeOffset.UnixEpoch.AddTicks(failure.TimeNs / 100));
        json.WriteString("class", failure.ClassText);
        json.WriteString("reason", failure.Reason);
        json.WriteString("endpoint", failure.Endpoint);
        json.WriteNumber("status", failure.Status);
        json.WriteString("request_id", failure.RequestId);
        json.WriteNumber("attempt", failure.Attempt);
        json.WriteString("symbol", failure.Symbol);
        json.WriteString("timeframe", failure.Timeframe);
        json.WriteString("body", failure.Body);
        json.WriteEndObject();
    }
}
