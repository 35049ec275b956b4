using System;
using System.Linq;
using System.Text.Json;

namespace TradingBot.Worker.Operator;

/// <summary>
/// One line each way over the operator's socket: <c>{"do":"halt","why":"…"}</c>, and
/// <c>{"done":true,"refused":"","halted":true,"why":"…","since_ms":…}</c>.
/// </summary>
internal static class OperatorMessage
{
    /// <summary>Longest reason taken.</summary>
    public const int ReasonCharsMax = 200;

    public const string ReasonAllowed = "a reason is one line of 1 to 200 characters";

    public static bool IsReason(string? why) =>
        why is { Length: > 0 and <= ReasonCharsMax } && !string.IsNullOrWhiteSpace(why) && !why.Any(char.IsControl);

    public static byte[] Request(bool halts, string why) =>
        JsonSerializer.SerializeToUtf8Bytes(new { @do = halts ? "halt" : "resume", why });

    /// <summary>False when the line is no request.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, out bool halts, out string why)
    {
        halts = false;
        why = "";
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            bool has = root.TryGetProperty("do", out JsonElement act)
                & root.TryGetProperty("why", out JsonElement words);
            if (!has || act.ValueKind != JsonValueKind.String || words.ValueKind != JsonValueKind.String) return false;
            halts = act.ValueEquals("halt"u8);
            why = words.GetString()!;
            return (halts || act.ValueEquals("resume"u8)) && IsReason(why);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static byte[] Answer(OperatorAnswer answer) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        done = answer.Refusal.Length == 0,
        refused = answer.Refusal,
        halted = answer.Halt is not null,
        why = answer.Halt?.Why,
        since_ms = answer.Halt?.SinceNs / 1_000_000,
    });

    public static byte[] Misunderstood() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        done = false,
        refused = "not_understood",
        halted = (bool?)null,
    });
}
