using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;

namespace TradingBot.Worker.Health;

/// <summary>What a rehearsal came to, for people and programs.</summary>
internal sealed class RehearsalReport(string lane, bool isSent, RehearsalPlan plan)
{
    private readonly List<RehearsalStep> _steps = [];
    private readonly List<KnownAnswer> _known = [];

    public string Fault { get; private set; } = "";

    public void Take(IEnumerable<RehearsalStep> steps, IEnumerable<KnownAnswer> known, string fault)
    {
        _steps.AddRange(steps);
        _known.AddRange(known);
        if (Fault.Length == 0) Fault = fault;
    }

    public string AsText()
    {
        StringBuilder text = new();
        if (!isSent) return text.Append("Nothing was sent: this was the plan. --send carries it out.\n").ToString();
        foreach (RehearsalStep step in _steps)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{step.Name,-36} {step.Milliseconds,8:0.0} ms  {step.Outcome}\n");
        }

        text.Append("\nKnown now:\n");
        foreach (KnownAnswer known in _known) text.Append(null, $"  {known.Question}: {known.Answer}\n");
        if (Fault.Length > 0) text.Append(null, $"\nFAILED: {Fault}\n");
        return text.ToString();
    }

    public string AsJson()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("lane", lane);
            json.WriteBoolean("sent", isSent);
            json.WriteString("symbol", plan.Symbol);
            json.WriteStartArray("plan");
            foreach (string line in plan.Lines()) json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (RehearsalStep step in _steps)
            {
                json.WriteStartObject();
                json.WriteString("step", step.Name);
                json.WriteString("outcome", step.Outcome);
                json.WriteNumber("ms", System.Math.Round(step.Milliseconds, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("known");
            foreach (KnownAnswer known in _known) json.WriteString(known.Question, known.Answer);
            json.WriteEndObject();
            json.WriteString("fault", Fault.Length > 0 ? Fault : null);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
