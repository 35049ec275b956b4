// In:     texts of the venue.   Out: what they stand for; null for those nobody has listed.
// Thread: any.
// Keeps:  one table for orders and reads; docs/venue-errors.md is written from it, and a test compares them.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;

namespace TradingBot.Kraken.Rest;

/// <summary>Which of Kraken's interfaces says it.</summary>
public enum ErrorDialect : byte
{
    /// <summary>Spot REST, WebSocket v2 and the Unified WebSocket.</summary>
    Spot = 0,

    /// <summary>The member <c>error</c> of derivatives REST v3.</summary>
    Derivatives = 1,

    /// <summary>The status of one order of derivatives REST v3.</summary>
    SendStatus = 2,
}

/// <summary>Every error text that Kraken documents, and some that were seen.</summary>
/// <remarks>
/// https://docs.kraken.com/exchange/guides/general/errors, and of derivatives the pages of REST v3. Texts vary in case,
/// in spaces after colons and in underscores, so none of these counts; the first row that a text begins with decides.
/// </remarks>
public static class VenueErrors
{
    private static readonly ImmutableArray<(string Plain, VenueError Row)>[] Tables =
        [Prepare(SpotErrors.Rows), Prepare(DerivativesErrors.Rows), Prepare(DerivativesErrors.Statuses)];

    /// <summary>All rows of a dialect, in the order in which they are tried.</summary>
    public static ImmutableArray<VenueError> Of(ErrorDialect dialect) => dialect switch
    {
        ErrorDialect.Spot => SpotErrors.Rows,
        ErrorDialect.Derivatives => DerivativesErrors.Rows,
        _ => DerivativesErrors.Statuses,
    };

    /// <summary>What the text stands for; null: it is not listed, and proves nothing.</summary>
    public static VenueError? Find(ErrorDialect dialect, string text)
    {
        string plain = Plain(text);
        foreach ((string prefix, VenueError row) in Tables[(int)dialect])
        {
            // A status is a word of its own: "filled" is not the beginning of another.
            bool matches = dialect == ErrorDialect.SendStatus
                ? plain == prefix
                : plain.StartsWith(prefix, StringComparison.Ordinal);
            if (matches) return row;
        }

        return null;
    }

    /// <summary>The same for a text of unknown origin: spot's words first.</summary>
    public static VenueError? Find(string text) =>
        Find(ErrorDialect.Spot, text) ?? Find(ErrorDialect.Derivatives, text);

    /// <summary>Lower case without spaces, underscores and hyphens.</summary>
    public static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            if (c is not (' ' or '_' or '-')) plain.Append(char.ToLowerInvariant(c));
        }

        return plain.ToString();
    }

    /// <summary>The rows as the tables of docs/venue-errors.md, from the first heading to the end.</summary>
    public static string Markdown()
    {
        StringBuilder text = new();
        (string Title, ErrorDialect Dialect)[] parts =
        [
            ("Spot, WebSocket v2 and Unified", ErrorDialect.Spot),
            ("Derivatives REST v3: `error`", ErrorDialect.Derivatives),
            ("Derivatives REST v3: status of an order", ErrorDialect.SendStatus),
        ];
        foreach ((string title, ErrorDialect dialect) in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
            text.Append("| Text | Class | Of an order | Again | Pause | What to do |\n|---|---|---|---|---|---|\n");
            foreach (VenueError row in Of(dialect)) Append(text, row);
            if (dialect != ErrorDialect.SendStatus) text.Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, VenueError row)
    {
        string pause = row.CoolDownSeconds == 0 ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{row.CoolDownSeconds} s");
        text.Append(
            CultureInfo.InvariantCulture,
            $"| `{row.Text}` | {Words(row.Class)} | {Words(row.Outcome)} | {Words(row.Retry)} | {pause} |"
            + $" {row.Advice} |\n");
    }

    /// <summary>A name in words: <c>RateLimit</c> is "rate limit".</summary>
    private static string Words<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select(
            (c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    private static ImmutableArray<(string Plain, VenueError Row)> Prepare(IEnumerable<VenueError> rows) =>
        [.. rows.Select(row => (Plain(row.Text), row))];
}
