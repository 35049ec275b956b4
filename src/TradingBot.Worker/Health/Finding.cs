using System.Collections.Generic;
using System.Text.Json;

namespace TradingBot.Worker.Health;

/// <summary>How a check came out.</summary>
internal enum Outcome : byte
{
    Ok = 0,

    /// <summary>The worker runs; somebody should look.</summary>
    Warn = 1,

    /// <summary>The worker must not trade like this.</summary>
    Fail = 2,
}

/// <summary>One line of the doctor.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Found">What was seen.</param>
/// <param name="Remedy">What to do; empty when nothing is.</param>
internal sealed record Finding(string Check, Outcome Outcome, string Found, string Remedy = "")
{
    public string Word => Outcome switch
    {
        Outcome.Ok => "ok",
        Outcome.Warn => "warn",
        _ => "fail",
    };

    public static Finding Ok(string check, string found) => new(check, Outcome.Ok, found);

    public static Finding Warn(string check, string found, string remedy) => new(check, Outcome.Warn, found, remedy);

    public static Finding Fail(string check, string found, string remedy) => new(check, Outcome.Fail, found, remedy);

    public static void Write(Utf8JsonWriter json, IEnumerable<Finding> findings)
    {
        json.WriteStartArray("checks");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("outcome", finding.Word);
            json.WriteString("found", finding.Found);
            json.WriteString("remedy", finding.Remedy.Length > 0 ? finding.Remedy : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
