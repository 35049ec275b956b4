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

    public static byte[] Request(OperatorAsk ask) => ask.Do is OperatorDo.Halt or OperatorDo.Resume
        ? JsonSerializer.SerializeToUtf8Bytes(new { @do = WordOf(ask.Do), why = ask.Why })
        : JsonSerializer.SerializeToUtf8Bytes(new { @do = WordOf(ask.Do), why = ask.Why, account = ask.Account });

    /// <summary>Null when the line is no request.</summary>
    public static OperatorAsk? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            string why = TextOf(root, "why");
            string word = TextOf(root, "do");
            foreach (OperatorDo act in Enum.GetValues<OperatorDo>())
            {
                if (WordOf(act) == word && IsReason(why)) return new OperatorAsk(act, why, TextOf(root, "account"));
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static byte[] Answer(OperatorAnswer answer) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        done = answer.Refusal.Length == 0,
        refused = answer.Refusal,
        halted = answer.Halt is not null,
        why = answer.Halt?.Why,
        since_ms = answer.Halt?.SinceNs / 1_000_000,
        positions = answer.Positions,
    });

    public static byte[] Misunderstood() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        done = false,
        refused = "not_understood",
        halted = (bool?)null,
    });

    private static string WordOf(OperatorDo act) => act switch
    {
        OperatorDo.Halt => "halt",
        OperatorDo.Resume => "resume",
        OperatorDo.Flatten => "flatten",
        _ => "flatten_plan",
    };

    private static string TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : "";
}
