// In:     the key, the venue's addresses, the data folder.   Out: findings: rights, account, derivatives, wallets.
// Thread: the pool's.
// Keeps:  only reads: no order is placed, changed or cancelled here.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Health;

/// <summary>What only the account's key can learn.</summary>
internal sealed class AccountChecks(PrivateRest rest, NonceSource nonces, VenueAddresses addresses, string folder)
{
    private const long NanosPerTick = 100;

    public async Task RunAsync(Action<Finding> tell, CancellationToken stop)
    {
        RestResult<KeyReport> key = await rest.PostAsync(
            KeyReport.Path, "", KeyReport.Read, Urgency.Routine, stop).ConfigureAwait(false);
        if (key.Value is not { } report)
        {
            tell(Refused("key", key.Failure!));
            return;
        }

        long nowNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosPerTick;
        foreach (Finding finding in KeyChecks.Of(report, nonces.Last, nowNs)) tell(finding);
        tell(AccountIdentity.Check(folder, report.Account));
        RestResult<WebSocketToken> token = await rest.PostAsync(
            WebSocketToken.Path, "", ReadToken, Urgency.Routine, stop).ConfigureAwait(false);
        if (token.Value is not { } pass)
        {
            tell(Refused("token", token.Failure!));
            return;
        }

        tell(Finding.Ok("token", "the venue gives tokens for the account's socket"));
        using (pass.Text) await LookAsync(pass.Text, tell, stop).ConfigureAwait(false);
    }

    private static Finding Refused(string check, RestFailure failure) =>
        Finding.Fail(
            check, $"{failure.Reason} ({failure.Endpoint})",
            LiveStart.AdviceOn(failure) is { Length: > 0 } advice ? advice
                : "look at the key's files, this machine's network and status.kraken.com");

    /// <summary>Reads the token out of an answer whose envelope was looked at.</summary>
    public static WebSocketToken? ReadToken(JsonElement root, out string fault)
    {
        fault = "without a token";
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(root);
        WebSocketToken? token = WebSocketToken.Parse(200, bytes, 0).Token;
        Array.Clear(bytes);
        return token;
    }

    private async Task LookAsync(Secret token, Action<Finding> tell, CancellationToken stop)
    {
        (SocketTalk? talk, string fault) =
            await SocketTalk.OpenAsync(addresses.UnifiedPrivate, stop).ConfigureAwait(false);
        if (talk is null)
        {
            tell(Finding.Fail("account's socket", fault, "look at this machine's network and status.kraken.com"));
            return;
        }

        await using (talk)
        {
            (JsonDocument? positions, fault) =
                await SubscribeAsync(talk, "positions", token, stop).ConfigureAwait(false);
            using (positions) tell(Derivatives(positions?.RootElement, fault));
            (JsonDocument? orders, fault) = await SubscribeAsync(talk, "executions", token, stop).ConfigureAwait(false);
            using (orders) tell(Orders(orders?.RootElement, fault));
            (JsonDocument? balances, fault) = await SubscribeAsync(talk, "balances", token, stop).ConfigureAwait(false);
            using (balances) tell(Wallets(balances?.RootElement, fault));
        }
    }

    /// <summary>The channel's snapshot, or the refusal of its subscription.</summary>
    private static async Task<(JsonDocument? Answer, string Fault)> SubscribeAsync(
        SocketTalk talk, string channel, Secret token, CancellationToken stop)
    {
        ArrayBufferWriter<byte> question = new();
        using (Utf8JsonWriter json = new(question))
        {
            json.WriteStartObject();
            json.WriteString("method"u8, "subscribe"u8);
            json.WriteStartObject("params"u8);
            json.WriteString("channel"u8, channel);
            // Of balances the parameter is not listed, and an unlisted one is refused.
            if (channel != "balances") json.WriteString("asset_class"u8, "derivatives"u8);
            json.WriteBoolean(channel == "executions" ? "snap_orders"u8 : "snapshot"u8, true);
            json.WriteString("token"u8, token.Bytes);
            json.WriteEndObject();
            json.WriteNumber("req_id"u8, 1);
            json.WriteEndObject();
        }

        (JsonDocument? answer, string fault) =
            await talk.AskAsync(question.WrittenMemory, Fits, stop).ConfigureAwait(false);
        if (answer is null || IsOf(answer.RootElement, "channel", channel)) return (answer, fault);
        using (answer)
        {
            bool isTold = answer.RootElement.TryGetProperty("error"u8, out JsonElement error);
            return (null, isTold ? error.ToString() : "refused without a word");
        }

        bool Fits(JsonElement root) =>
            (IsOf(root, "channel", channel) && IsOf(root, "type", "snapshot"))
            || (IsOf(root, "method", "subscribe") && root.TryGetProperty("success"u8, out JsonElement success)
                && success.ValueKind == JsonValueKind.False);
    }

    private static bool IsOf(JsonElement root, string member, string word) =>
        root.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(word);

    private static Finding Derivatives(JsonElement? snapshot, string fault)
    {
        const string Check = "derivatives";
        if (snapshot is not { } frame)
        {
            VenueError? row = VenueErrors.Find(fault);
            bool isBarred = row?.Class is ErrorClass.Permission or ErrorClass.Arguments;
            return Finding.Fail(
                Check, fault, isBarred
                    ? "derivatives are not enabled for this account or region: enable them at Kraken; nothing to retry"
                    : row?.Advice ?? "look at status.kraken.com");
        }

        int count = frame.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("futures"u8, out JsonElement futures) && futures.ValueKind == JsonValueKind.Array
            ? futures.GetArrayLength() : -1;
        return count < 0
            ? Finding.Warn(
                Check, "enabled, but the list of positions cannot be read",
                "keep the worker from this account until its positions are read")
            : Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"enabled, {count} positions open"));
    }

    private static Finding Orders(JsonElement? snapshot, string fault)
    {
        const string Check = "orders";
        if (snapshot is not { } frame)
        {
            return Finding.Fail(Check, fault, VenueErrors.Find(fault)?.Advice ?? "look at status.kraken.com");
        }

        int count = frame.TryGetProperty("data"u8, out JsonElement data) && data.ValueKind == JsonValueKind.Array
            ? data.GetArrayLength() : 0;
        return Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"{count} entries in the snapshot"));
    }

    /// <summary>With one wallet for spot and derivatives, a sale on spot changes the margin of positions.</summary>
    private static Finding Wallets(JsonElement? snapshot, string fault)
    {
        const string Check = "wallets";
        const string Remedy = "look at Kraken's page whether the account has one wallet for both: then a spot sale "
            + "changes the margin of positions";
        if (snapshot is not { } frame || !frame.TryGetProperty("data"u8, out JsonElement data)
            || data.ValueKind != JsonValueKind.Array)
        {
            return Finding.Warn(Check, $"the venue does not say: {fault}", Remedy);
        }

        string[] kinds = [.. data.EnumerateArray().SelectMany(Kinds).Distinct().Order(StringComparer.Ordinal)];
        bool isApart = kinds.Any(kind => kind.Contains("derivatives", StringComparison.OrdinalIgnoreCase)
            || kind.Contains("futures", StringComparison.OrdinalIgnoreCase));
        string shown = kinds.Length > 0 ? string.Join(", ", kinds) : "none";
        return isApart
            ? Finding.Ok(Check, $"derivatives have a wallet of their own ({shown})")
            : Finding.Warn(Check, $"no wallet of derivatives among {shown}: unified, or none yet", Remedy);
    }

    private static IEnumerable<string> Kinds(JsonElement balance)
    {
        bool hasList = balance.ValueKind == JsonValueKind.Object
            && balance.TryGetProperty("wallets"u8, out JsonElement wallets) && wallets.ValueKind == JsonValueKind.Array;
        if (!hasList) yield break;
        foreach (JsonElement wallet in balance.GetProperty("wallets"u8).EnumerateArray())
        {
            bool isTold = wallet.ValueKind == JsonValueKind.Object
                && wallet.TryGetProperty("type"u8, out JsonElement kind) && kind.ValueKind == JsonValueKind.String;
            if (isTold) yield return wallet.GetProperty("type"u8).GetString()!;
        }
    }
}
