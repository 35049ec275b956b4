using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TradingBot.Kraken.Rest;

/// <summary>What Kraken says of an API key: its rights, its account, its last nonce.</summary>
/// <param name="Rights">In the venue's words.</param>
/// <param name="Account">Tells one account from another, whatever key asks: a hash; empty when not said.</param>
/// <param name="LastNonce">The greatest nonce the venue has seen of the key; 0 when not said.</param>
/// <param name="ValidUntilSeconds">Unix seconds at which the key expires; 0: never.</param>
/// <param name="IsBound">The key works from listed addresses only.</param>
/// <remarks>
/// https://docs.kraken.com/api-reference/account-data/get-api-key-info: needs no right of its own. The words of rights
/// are in no document; those of a public client's test data are known here, and others are shown as they are.
/// </remarks>
public sealed record KeyReport(
    ImmutableArray<string> Rights, string Account, ulong LastNonce, long ValidUntilSeconds, bool IsBound)
{
    public const string Path = "/0/private/GetApiKeyInfo";

    /// <summary>What the worker does with a key, and the word of the right for it.</summary>
    private static readonly (string Right, string Words)[] Needed =
    [
        ("query-funds", "Query funds"),
        ("query-open-trades", "Query open orders & trades"),
        ("query-closed-trades", "Query closed orders & trades"),
        ("query-ledger", "Query ledger entries"),
        ("modify-trades", "Create & modify orders"),
        ("close-trades", "Cancel & close orders"),
        ("create-ws-token", "Access WebSocket API"),
    ];

    /// <summary>Parts of words of rights with which money can leave the account or be bound.</summary>
    private static readonly string[] FundMoving =
        ["withdraw", "transfer", "earn", "stak", "allocat", "address", "lend", "convert"];

    /// <summary>Rights that move money: a key with one of them is not used.</summary>
    public IEnumerable<string> Dangerous => Rights.Where(right => FundMoving.Any(
        part => right.Contains(part, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Rights the worker needs and the key lacks, as Kraken's page names them.</summary>
    public IEnumerable<string> Missing => Needed
        .Where(one => !Rights.Contains(one.Right, StringComparer.OrdinalIgnoreCase))
        .Select(one => one.Words);

    /// <summary>Rights that are neither needed nor known to move money.</summary>
    public IEnumerable<string> Idle => Rights.Except(Dangerous)
        .Where(right => !Needed.Any(one => one.Right.Equals(right, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Reads the answer's envelope; null, with what is wrong, when it does not say which rights there
    /// are.</summary>
    public static KeyReport? Read(JsonElement root, out string fault)
    {
        fault = "";
        bool readable = root.TryGetProperty("result"u8, out JsonElement result)
            && result.ValueKind == JsonValueKind.Object
            && result.TryGetProperty("permissions"u8, out JsonElement rights)
            && rights.ValueKind == JsonValueKind.Array
            && rights.EnumerateArray().All(right => right.ValueKind == JsonValueKind.String);
        if (!readable)
        {
            fault = "without a list of permissions";
            return null;
        }

        string account = Text(result, "iban"u8);
        ulong.TryParse(Text(result, "nonce"u8), NumberStyles.None, CultureInfo.InvariantCulture, out ulong nonce);
        long.TryParse(Text(result, "valid_until"u8), NumberStyles.None, CultureInfo.InvariantCulture, out long until);
        return new KeyReport(
            [.. result.GetProperty("permissions"u8).EnumerateArray().Select(right => right.GetString()!)],
            account.Length == 0 ? "" : Hash(account), nonce, until, IsBoundTo(result));
    }

    private static bool IsBoundTo(JsonElement result) =>
        result.TryGetProperty("ip_allowlist"u8, out JsonElement list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString()!.Length > 0);

    private static string Text(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    /// <summary>An account's number has no place in a file: its hash is enough to compare.</summary>
    private static string Hash(string account)
    {
        string plain = string.Concat(account.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("kraken account " + plain)))[..32];
    }
}
