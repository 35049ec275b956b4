// In:     what the venue tells of orders, what the worker makes of positions.   Out: the day, a line for each event.
// Thread: the run's.
// Keeps:  same run, same lines: times from the scenario's begin, prices and quantities digit by digit.
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Simulation.Venue;
using TradingBot.Trading.Orders;
using TradingBot.Trading.Positions;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Scenarios;

/// <summary>Writes down what happened in a scenario, in words.</summary>
internal sealed class ScenarioDiary(long startNs)
{
    /// <summary>A file's day is read by people: what is beyond it is counted.</summary>
    private const int LinesMax = 2_000;

    private readonly List<string> _lines = [];
    private readonly Dictionary<string, string> _states = [];
    private long _left;
    private string _worker = "";

    /// <summary>The day so far.</summary>
    public string Text
    {
        get
        {
            string end = _left == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"… and {_left} more\n");
            return string.Concat(string.Join('\n', _lines), "\n", end);
        }
    }

    public long LiquidationCount { get; private set; }

    public void Write(long nowNs, string who, string words)
    {
        if (_lines.Count >= LinesMax)
        {
            _left++;
            return;
        }

        double seconds = (nowNs - startNs) / 1e9;
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds,9:0.000}  {who,-8} {words}"));
    }

    public void WriteEnd(string words) => _lines.Add(words);

    /// <summary>Something happened to an order.</summary>
    public void Note(VenueNews news)
    {
        if (news.IsLiquidation && news.What == "new") LiquidationCount++;
        string side = news.IsBuy ? "buy" : "sell";
        string lots = DecimalText.Of(news.Lots, news.QuantityDecimals, shortest: true);
        string price = news.Price == 0 ? "at market" : "at " + DecimalText.Of(news.Price, news.PriceDecimals);
        string what = news.What switch
        {
            "trade" => $"trades {lots} {price}",
            "canceled" => "ends: " + news.Reason,
            "filled" or "triggered" => news.What,
            _ => $"{news.What}: {side} {lots} {price}",
        };
        Write(news.TimeNs, "venue", $"{news.Symbol} {RoleOf(news)} {what}");
    }

    /// <summary>Writes down what is other than at the last look.</summary>
    public void Look(CircleWorker worker, long nowNs)
    {
        bool up = worker.Protection.Ready;
        string halt = worker.Halt is { } latch ? ", halted: " + latch.Why : "";
        string standing = (up ? "ready" : "not ready") + halt;
        if (standing != _worker) Write(nowNs, "worker", standing);
        _worker = standing;
        for (int i = 0; i < worker.Protection.PositionCount; i++)
        {
            PositionView view = worker.Protection.PositionAt(i);
            string symbol = Encoding.ASCII.GetString(worker.Symbols.TextOf(view.InstrumentId));
            string state = ScenarioForm.WordOf(view.State) + (view.Quarantined ? ", quarantined" : "");
            if (_states.GetValueOrDefault(symbol, "flat") == state) continue;
            _states[symbol] = state;
            Write(nowNs, "worker", $"{symbol} {state}");
        }
    }

    /// <summary>The process died: what it believed is gone.</summary>
    public void Forget()
    {
        _states.Clear();
        _worker = "";
    }

    private static string RoleOf(VenueNews news)
    {
        bool ours = ClientOrderId.TryParse(Encoding.ASCII.GetBytes(news.ClientId), out ClientOrderId id);
        string role = news.IsLiquidation ? "liquidation" : !ours ? "other's " + WordOf(news.Type) : id.Role switch
        {
            OrderRole.Entry => "entry",
            OrderRole.Stop => "stop",
            OrderRole.TakeProfit => "take-profit",
            _ => "exit",
        };
        return role;
    }

    private static string WordOf(VenueOrderType type) => type switch
    {
        VenueOrderType.StopLoss => "stop",
        VenueOrderType.TakeProfit => "take-profit",
        _ => "order",
    };
}
