// In:     what the worker hands over, a cancel-only key.   Out: the dead worker's resting entries, cancelled by id.
// Thread: the pool's.
// Keeps:  only explicit ids of entries are cancelled: never all orders, never a stop; it places nothing and cannot, by
//         its key's rights. It holds no lease: a worker that comes back finds the account as it is.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Health;

/// <summary>Takes back the entries of a worker whose heart stopped.</summary>
internal sealed class Watchdog(
    PrivateRest rest, Uri socket, string folder, TimeSpan after, TimeProvider time, Action<string, string> tell)
{
    private const int IdsMax = 50;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private uint _epoch;
    private ulong _sequence;
    private long _changed;
    private bool _isDone;

    /// <summary>Entries the venue said are cancelled.</summary>
    public int Cancelled { get; private set; }

    /// <summary>Workers whose heart stopped.</summary>
    public int Deaths { get; private set; }

    /// <summary>Why the key must not be used for this; empty when it may.</summary>
    public async Task<string> CheckKeyAsync(CancellationToken stop)
    {
        RestResult<KeyReport> asked = await rest.PostAsync(
            KeyReport.Path, "", KeyReport.Read, Urgency.Protect, stop).ConfigureAwait(false);
        if (asked.Value is not { } report)
        {
            return $"the venue does not say what the key may do: {asked.Failure!.Reason}. "
                + LiveStart.AdviceOn(asked.Failure);
        }

        string[] dangerous = [.. report.Dangerous];
        if (dangerous.Length > 0)
        {
            return $"the key can move money: {string.Join(", ", dangerous)}: make one that cannot";
        }

        if (report.Rights.Contains("modify-trades", StringComparer.OrdinalIgnoreCase))
        {
            return "the key may create orders: the watchdog's may only cancel ('Cancel & close orders'), so that a "
                + "fault of the watchdog, or a thief of its key, can open nothing";
        }

        foreach ((string right, string words) in ((string, string)[])
            [("close-trades", "Cancel & close orders"), ("create-ws-token", "Access WebSocket API")])
        {
            if (!report.Rights.Contains(right, StringComparer.OrdinalIgnoreCase)) return $"the key lacks '{words}'";
        }

        Finding account = AccountIdentity.Check(folder, report.Account);
        return account.Outcome == Outcome.Fail ? $"{account.Found}: {account.Remedy}" : "";
    }

    /// <summary>Watches until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _changed = time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                TimeSpan pause = await LookAsync(stop).ConfigureAwait(false) ? LookEvery : RetryAfter;
                await Task.Delay(pause, time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // What cannot be read now may be later; until then nothing is known to have died.
                tell("unreadable", fault.Message);
                await Task.Delay(RetryAfter, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One look; false: something is left to be done soon.</summary>
    private async Task<bool> LookAsync(CancellationToken stop)
    {
        if (EntryHandOver.Read(folder) is not { } handed) return true;
        if (handed.Epoch != _epoch || handed.Sequence != _sequence)
        {
            if (_epoch != handed.Epoch || _isDone) tell("alive", $"epoch {handed.Epoch}");
            (_epoch, _sequence, _changed, _isDone) = (handed.Epoch, handed.Sequence, time.GetTimestamp(), false);
            return true;
        }

        if (_isDone || time.GetElapsedTime(_changed) < after) return true;
        Deaths++;
        tell("stopped", $"epoch {handed.Epoch} is silent since {time.GetElapsedTime(_changed).TotalSeconds:0} s; "
            + $"{handed.Entries.Count} entries may rest");
        // A second death of the same worker is told again only after it lived.
        string fault = handed.Entries.Count == 0 ? "" : await CancelAsync(handed.Entries, stop).ConfigureAwait(false);
        _isDone = fault.Length == 0;
        if (_isDone) tell("done", $"epoch {handed.Epoch}: no entry of it rests any more; stops were not touched");
        else tell("failed", fault);
        return _isDone;
    }

    /// <summary>Cancels by id until each has an answer that settles it; why not, else nothing.</summary>
    private async Task<string> CancelAsync(IReadOnlyList<string> entries, CancellationToken stop)
    {
        RestResult<WebSocketToken> asked = await rest.PostAsync(
            WebSocketToken.Path, "", AccountChecks.ReadToken, Urgency.Cancel, stop).ConfigureAwait(false);
        if (asked.Value is not { } token) return $"no token: {asked.Failure!.Reason}";
        using Secret text = token.Text;
        (SocketTalk? talk, string fault) = await SocketTalk.OpenAsync(socket, stop).ConfigureAwait(false);
        if (talk is null) return fault;
        await using (talk)
        {
            foreach (string[] part in entries.Chunk(IdsMax))
            {
                fault = await CancelAsync(talk, part, text, stop).ConfigureAwait(false);
                if (fault.Length > 0) return fault;
            }
        }

        return "";
    }

    private async Task<string> CancelAsync(SocketTalk talk, string[] ids, Secret token, CancellationToken stop)
    {
        int settled = 0;
        string open = "";
        (JsonDocument? last, string fault) = await talk.AskAsync(Question(ids, token), Settles, stop)
            .ConfigureAwait(false);
        last?.Dispose();
        return open.Length > 0 ? open : settled == ids.Length ? "" : fault;

        // One answer for each id: success, or that there is no such order any more.
        bool Settles(JsonElement root)
        {
            bool isAnswer = root.TryGetProperty("method"u8, out JsonElement method)
                && method.ValueKind == JsonValueKind.String && method.ValueEquals("cancel_order"u8);
            if (!isAnswer) return false;
            bool isDone = root.TryGetProperty("success"u8, out JsonElement success)
                && success.ValueKind == JsonValueKind.True;
            string error = root.TryGetProperty("error"u8, out JsonElement told) ? told.ToString() : "";
            if (isDone) Cancelled++;
            else if (KrakenError.Of(error) is not { Reason: Trading.Orders.VenueReason.UnknownOrder }) open = error;
            return ++settled == ids.Length || open.Length > 0;
        }
    }

    /// <summary>https://docs.kraken.com/exchange/api-reference/unified-ws/cancel_order</summary>
    private static ReadOnlyMemory<byte> Question(string[] ids, Secret token)
    {
        ArrayBufferWriter<byte> question = new();
        using Utf8JsonWriter json = new(question);
        json.WriteStartObject();
        json.WriteString("method"u8, "cancel_order"u8);
        json.WriteStartObject("params"u8);
        json.WriteString("asset_class"u8, "derivatives"u8);
        json.WriteStartArray("cl_ord_id"u8);
        foreach (string id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteString("token"u8, token.Bytes);
        json.WriteEndObject();
        json.WriteNumber("req_id"u8, 1);
        json.WriteEndObject();
        json.Flush();
        return question.WrittenMemory;
    }
}
