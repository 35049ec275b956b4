using System;
using System.Collections.Generic;
using System.Linq;

namespace TradingBot.Simulation.Venue;

/// <summary>An order with everything that was reported of it, oldest first.</summary>
internal sealed class SpotRecord(VenueOrder order)
{
    public VenueOrder Order { get; } = order;

    public List<ExecutionReport> Reports { get; } = [];

    /// <summary>The latest report by a time; null when the order was not there yet.</summary>
    public ExecutionReport? At(long timeNs)
    {
        for (int i = Reports.Count - 1; i >= 0; i--)
        {
            if (Reports[i].TimeNs <= timeNs) return Reports[i];
        }

        return null;
    }

    public IEnumerable<VenueFill> FillsBy(long timeNs) =>
        Reports.Where(report => report.Fill is not null && report.TimeNs <= timeNs).Select(report => report.Fill!);
}

/// <summary>What REST remembers of spot orders: so that it can answer as of a moment ago.</summary>
internal sealed class SpotHistory
{
    private readonly Dictionary<string, SpotRecord> _records = new(StringComparer.Ordinal);
    private readonly List<SpotRecord> _inOrder = [];
    private readonly List<VenueFill> _fills = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<SpotRecord> Records => _inOrder;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<VenueFill> Fills => _fills;

    public void Take(in ExecutionReport report)
    {
        if (!_records.TryGetValue(report.Order.Id, out SpotRecord? record))
        {
            record = new SpotRecord(report.Order);
            _records.Add(report.Order.Id, record);
            _inOrder.Add(record);
        }

        record.Reports.Add(report);
        if (report.Fill is VenueFill fill) _fills.Add(fill);
    }

    public SpotRecord? Find(string id) => _records.GetValueOrDefault(id);
}
