using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace TradingBot.Worker.Dashboard;

/// <summary>Prometheus text, version 0.0.4: each metric with its help and type, then its samples.</summary>
/// <remarks>https://prometheus.io/docs/instrumenting/exposition_formats/</remarks>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>A counter, whose name ends in <c>_total</c>.</summary>
    public void Counter(string name, string help, double value) => Single(name, "counter", help, value);

    public void Gauge(string name, string help, double value) => Single(name, "gauge", help, value);

    /// <summary>A counter with one label: a sample for each value of it.</summary>
    public void Counter(string name, string help, string label, IEnumerable<(string Value, double Count)> samples)
    {
        Begin(name, "counter", help);
        foreach ((string value, double count) in samples) Sample(name, $"{{{label}=\"{Escape(value)}\"}}", count);
    }

    /// <summary>Head of a metric whose samples follow one by one.</summary>
    public void Begin(string name, string type, string help)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"# HELP {name} {help}");
        _text.AppendLine(CultureInfo.InvariantCulture, $"# TYPE {name} {type}");
    }

    /// <param name="name">Of the metric begun last.</param>
    /// <param name="labels">In braces, values escaped; empty for none.</param>
    /// <param name="value">The sample.</param>
    public void Sample(string name, string labels, double value) =>
        _text.AppendLine(CultureInfo.InvariantCulture, $"{name}{labels} {value}");

    /// <summary>A label's value as the format wants it.</summary>
    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    public override string ToString() => _text.ToString();

    private void Single(string name, string type, string help, double value)
    {
        Begin(name, type, help);
        Sample(name, "", value);
    }
}
