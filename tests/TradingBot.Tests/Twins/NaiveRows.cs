using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Storage.Journal;
using TradingBot.Trading.Orders;

namespace TradingBot.Tests.Twins;

/// <summary>
/// What the store's tables must hold after a log, row by row as text: folded from the whole list, in memory.
/// </summary>
internal sealed class NaiveRows
{
    private readonly List<string> _epochs = [];
    private readonly List<string> _commands = [];
    private readonly List<string> _outcomes = [];
    private readonly Dictionary<string, Fill> _fills = [];
    private readonly Dictionary<string, Order> _orders = [];
    private readonly Dictionary<string, Position> _positions = [];

    public NaiveRows(IEnumerable<IntentRecord> records)
    {
        long number = 0;
        foreach (IntentRecord record in records) Take(++number, record);
    }

    /// <summary>The rows of every table, keyed by its name, in any order.</summary>
    public Dictionary<string, string[]> Tables => new()
    {
        ["epochs"] = [.. _epochs],
        ["commands"] = [.. _commands],
        ["outcomes"] = [.. _outcomes],
        ["fills"] = [.. _fills.Values.Select(fill => $"{fill.Text}|{fill.Repeats}")],
        ["orders"] = [.. _orders.Values.Select(order => order.Text)],
        ["positions"] = [.. _positions.Select(entry => $"{entry.Key}|{entry.Value.Text}")],
    };

    private void Take(long number, IntentRecord r)
    {
        string id = Id(r.Id);
        string symbol = r.Symbol.Length == 0 ? "-" : Encoding.UTF8.GetString(r.Symbol.AsSpan());
        switch (r.Kind)
        {
            case IntentRecordKind.Epoch:
                _epochs.Add($"{r.Epoch}|{number}|{r.TimeNs}");
                break;
            case IntentRecordKind.Command:
                string what = $"{symbol}|{Type(r.Type)}|{Side(r.Side)}";
                _commands.Add($"{number}|{id}|{r.Epoch}|{r.Id.Intent}|{Role(r.Id.Role)}|{Command(r.Command)}|{what}"
                    + $"|{Some(r.Quantity)}|{r.QuantityDecimals}|{Some(r.LimitPrice)}|{Some(r.TriggerPrice)}"
                    + $"|{Some(r.PlannedStop)}|{r.PriceDecimals}|{(r.ReduceOnly ? 1 : 0)}|{r.TimeNs}");
                if (r.Command == CommandKind.Place)
                {
                    string head = $"{id}|{r.Epoch}|{r.Id.Intent}|{Role(r.Id.Role)}|{what}|{(r.ReduceOnly ? 1 : 0)}";
                    _orders.Add(id, new Order(head, number, r) { Changed = number });
                }
                else if (r.Command == CommandKind.Amend && _orders.TryGetValue(id, out Order? amended))
                {
                    amended.Asked = (number, r);
                    amended.Changed = number;
                }

                break;
            case IntentRecordKind.Outcome:
                string outcome = r.Event.ToString().ToLowerInvariant();
                _outcomes.Add($"{number}|{id}|{r.Epoch}|{Command(r.Command)}|{outcome}|{Reason(r.Reason)}|{symbol}"
                    + $"|{r.TimeNs}");
                if (_orders.TryGetValue(id, out Order? answered)) answered.Answer(number, r.Command, r.Event);
                break;
            case IntentRecordKind.Fill:
                TakeFill(number, r, id, symbol);
                break;
        }
    }

    private void TakeFill(long number, IntentRecord r, string id, string symbol)
    {
        string execution = $"{r.ExecutionHigh:x16}{r.ExecutionLow:x16}";
        if (_fills.TryGetValue(execution, out Fill? known))
        {
            known.Repeats++;
            return;
        }

        _fills[execution] = new Fill($"{number}|{execution}|{id}|{r.Epoch}|{symbol}|{Side(r.Side)}|{r.Quantity}"
            + $"|{r.QuantityDecimals}|{r.LimitPrice}|{r.PriceDecimals}|{r.TimeNs}");
        if (_orders.TryGetValue(id, out Order? order)) order.Filled(number, r.Quantity, r.QuantityDecimals);
        if (!_positions.TryGetValue(symbol, out Position? position)) _positions[symbol] = position = new Position();
        position.Parts.Add((r.Side == Market.Values.Side.Sell ? -r.Quantity : r.Quantity, r.QuantityDecimals));
        position.Changed = number;
    }

    private static (BigInteger Sum, int Decimals) Sum(List<(long Mantissa, int Decimals)> parts)
    {
        int decimals = parts.Max(part => part.Decimals);
        BigInteger sum = BigInteger.Zero;
        foreach ((long mantissa, int own) in parts) sum += mantissa * BigInteger.Pow(10, decimals - own);
        return (sum, decimals);
    }

    private static string Id(ClientOrderId id)
    {
        if (id.IsNone) return "-";
        string hex = $"{id.High:x16}{id.Low:x16}";
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    private static string Some(long value) => value == 0 ? "-" : $"{value}";

    private static string Side(Side side) => side switch
    {
        Market.Values.Side.Buy => "buy",
        Market.Values.Side.Sell => "sell",
        _ => "-",
    };

    private static string Type(OrderType type) => type switch
    {
        OrderType.Limit => "limit",
        OrderType.Market => "market",
        OrderType.StopLoss => "stop_loss",
        OrderType.TakeProfit => "take_profit",
        _ => "-",
    };

    private static string Role(OrderRole role) => role switch
    {
        OrderRole.Entry => "entry",
        OrderRole.Stop => "stop",
        OrderRole.TakeProfit => "take_profit",
        _ => "exit",
    };

    private static string Command(CommandKind kind) => kind switch
    {
        CommandKind.Place => "place",
        CommandKind.Amend => "amend",
        CommandKind.Cancel => "cancel",
        _ => "-",
    };

    private static string Reason(VenueReason reason)
    {
        if (reason == VenueReason.None) return "-";
        string spaced = string.Concat(reason.ToString().Select(c => char.IsUpper(c) ? $"_{c}" : $"{c}"));
        return spaced[1..].ToLowerInvariant();
    }

    private sealed class Fill(string text)
    {
        public string Text => text;

        public int Repeats { get; set; }
    }

    private sealed class Position
    {
        public List<(long Mantissa, int Decimals)> Parts { get; } = [];

        public long Changed { get; set; }

        public string Text => $"{Sum(Parts).Sum}|{Sum(Parts).Decimals}|{Parts.Count}|{Changed}";
    }

    private sealed class Order(string head, long placed, IntentRecord wanted)
    {
        private readonly List<(long Mantissa, int Decimals)> _parts = [(0, wanted.QuantityDecimals)];
        private IntentRecord _wanted = wanted;
        private string _state = "sent";

        public (long Number, IntentRecord Record)? Asked { get; set; }

        public long Changed { get; set; }

        public string Text =>
            $"{head}|{Some(_wanted.Quantity)}|{_wanted.QuantityDecimals}|{Some(_wanted.LimitPrice)}"
            + $"|{Some(_wanted.TriggerPrice)}|{_wanted.PriceDecimals}|{(Asked is { } asked ? $"{asked.Number}" : "-")}"
            + $"|{Sum(_parts).Sum}|{Sum(_parts).Decimals}|{_state}|{placed}|{Changed}";

        public void Answer(long number, CommandKind command, AccountEventKind answer)
        {
            Changed = number;
            bool accepted = answer == AccountEventKind.Accepted;
            bool refused = answer == AccountEventKind.Refused;
            if (command == CommandKind.Amend && accepted && Asked is { } asked) _wanted = asked.Record;
            if (command == CommandKind.Amend && (accepted || refused)) Asked = null;
            if (command == CommandKind.Cancel && accepted && _state != "filled") _state = "cancelled";
            bool open = _parts.Count == 1 && _state is not ("filled" or "cancelled");
            if (command == CommandKind.Place && open && accepted) _state = "accepted";
            if (command == CommandKind.Place && open && refused) _state = "refused";
            if (command == CommandKind.Place && !accepted && !refused && _state == "sent") _state = "unknown";
            FillUp();
        }

        public void Filled(long number, long quantity, int decimals)
        {
            Changed = number;
            _parts.Add((quantity, decimals));
            if (_state != "cancelled") _state = "accepted";
            FillUp();
        }

        private void FillUp()
        {
            (BigInteger filled, int decimals) = Sum(_parts);
            BigInteger left = filled * BigInteger.Pow(10, 18);
            BigInteger right = _wanted.Quantity * BigInteger.Pow(10, 18 + decimals - _wanted.QuantityDecimals);
            if (_wanted.Quantity != 0 && filled > 0 && left >= right) _state = "filled";
        }
    }
}
