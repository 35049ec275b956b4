// In:     addresses, a token of the account, a symbol.   Out: raw frames in a file, and how they differ from what is
//         assumed.
// Thread: the pool's; frames of three sockets are taken one at a time.
// Keeps:  only subscriptions are sent, never a method that trades. What was received is written as it came; what was
//         sent, which holds the token, is not.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Health;

/// <summary>Listens to one frame or more of every channel of the Unified WebSocket.</summary>
internal sealed class Probe(VenueAddresses addresses, string symbol, TimeSpan duration, Stream record)
{
    private static readonly string[] Public = ["status", "instrument", "ticker", "book", "trade", "ohlc"];
    private static readonly string[] Private = ["executions", "positions", "balances", "margin", "ledgers"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChannelProbe> _channels = new(StringComparer.Ordinal);

    /// <summary>By channel, in the order of the documentation.</summary>
    public IReadOnlyList<ChannelProbe> Channels =>
        [.. Public.Concat(Private).Where(_channels.ContainsKey).Select(name => _channels[name])];

    /// <summary>Frames that are of no channel listed here: answers, heartbeats, new channels.</summary>
    public SortedSet<string> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages that are no JSON object.</summary>
    public int Malformed { get; private set; }

    /// <summary>Listens; why a socket failed, else nothing.</summary>
    /// <param name="token">Of the account; null: only what is public.</param>
    /// <param name="stop">Nobody waits any more.</param>
    public async Task<string> RunAsync(Secret? token, CancellationToken stop)
    {
        foreach (string name in token is null ? Public : [.. Public, .. Private])
        {
            _channels[name] = new ChannelProbe(name);
        }

        List<Task<string>> sockets = [ListenAsync(addresses.UnifiedPublic, Public.Skip(1), null, false, stop)];
        if (token is not null)
        {
            sockets.Add(ListenAsync(addresses.UnifiedPrivate, Private, token, false, stop));
            // Margin figures of positions exclude the snapshot, and a connection may subscribe once.
            sockets.Add(ListenAsync(addresses.UnifiedPrivate, ["positions"], token, true, stop));
        }

        string[] faults = await Task.WhenAll(sockets).ConfigureAwait(false);
        return string.Join("; ", faults.Where(fault => fault.Length > 0).Distinct());
    }

    private async Task<string> ListenAsync(
        Uri address, IEnumerable<string> channels, Secret? token, bool withMargin, CancellationToken stop)
    {
        (SocketTalk? talk, string fault) = await SocketTalk.OpenAsync(address, stop).ConfigureAwait(false);
        if (talk is null) return $"{address.Host}: {fault}";
        await using (talk)
        {
            string[] names = [.. channels];
            IEnumerable<ReadOnlyMemory<byte>> questions =
                names.Select((name, i) => Subscription(name, i + 1, token, withMargin));
            fault = await talk.ListenAsync(questions, message => Take(message, names), duration, stop)
                .ConfigureAwait(false);
            return fault.Length > 0 ? $"{address.Host}: {fault}" : "";
        }
    }

    private void Take(byte[] message, string[] asked)
    {
        lock (_gate)
        {
            record.Write(message);
            record.Write("\n"u8);
            try
            {
                using JsonDocument document = JsonDocument.Parse(message);
                if (document.RootElement.ValueKind == JsonValueKind.Object) Take(document.RootElement, asked);
                else Malformed++;
            }
            catch (JsonException)
            {
                Malformed++;
            }
        }
    }

    private void Take(JsonElement frame, string[] asked)
    {
        string channel = frame.TryGetProperty("channel"u8, out JsonElement named) ? named.ToString() : "";
        if (_channels.TryGetValue(channel, out ChannelProbe? probe))
        {
            probe.Take(frame);
            return;
        }

        bool isRefusal = frame.TryGetProperty("success"u8, out JsonElement success)
            && success.ValueKind == JsonValueKind.False;
        bool isNumbered = frame.TryGetProperty("req_id"u8, out JsonElement id) & id.ValueKind == JsonValueKind.Number;
        if (isRefusal && isNumbered && id.TryGetInt32(out int number) && number > 0 && number <= asked.Length)
        {
            string error = frame.TryGetProperty("error"u8, out JsonElement told) ? told.ToString() : "without a word";
            _channels[asked[number - 1]].Refusal = error;
            return;
        }

        string method = frame.TryGetProperty("method"u8, out JsonElement done) ? done.ToString() : "neither";
        Others.Add(channel.Length > 0 ? $"channel {channel}" : $"method {method}");
    }

    /// <summary>Only members that the channel's page lists: an unlisted one is refused.</summary>
    private ReadOnlyMemory<byte> Subscription(string channel, int number, Secret? token, bool withMargin)
    {
        ArrayBufferWriter<byte> question = new();
        using Utf8JsonWriter json = new(question);
        json.WriteStartObject();
        json.WriteString("method"u8, "subscribe"u8);
        json.WriteStartObject("params"u8);
        json.WriteString("channel"u8, channel);
        if (channel is not ("balances" or "ledgers")) json.WriteString("asset_class"u8, "derivatives"u8);
        if (channel is "ticker" or "book" or "trade" or "ohlc")
        {
            json.WriteStartArray("symbol"u8);
            json.WriteStringValue(symbol);
            json.WriteEndArray();
        }

        if (channel == "ohlc") json.WriteNumber("interval"u8, 1);
        if (channel == "ohlc") json.WriteString("tick_type"u8, "trade"u8);
        if (channel == "book") json.WriteNumber("depth"u8, 10);
        if (channel == "executions")
        {
            json.WriteBoolean("snap_orders"u8, true);
            json.WriteBoolean("snap_trades"u8, true);
            json.WriteBoolean("ratecounter"u8, true);
        }
        else if (channel is not ("margin" or "ledgers"))
        {
            json.WriteBoolean(withMargin ? "with_margin"u8 : "snapshot"u8, true);
        }

        if (token is not null) json.WriteString("token"u8, token.Bytes);
        json.WriteEndObject();
        json.WriteNumber("req_id"u8, number);
        json.WriteEndObject();
        json.Flush();
        return question.WrittenMemory;
    }
}
