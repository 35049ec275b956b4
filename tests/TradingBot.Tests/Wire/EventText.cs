using System.Globalization;
using System.Text;
using TradingBot.Market.Events;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;

namespace TradingBot.Tests.Wire;

/// <summary>Events as lines a person can read and a test can compare: every field that is not zero.</summary>
internal static class EventText
{
    /// <summary><c>Trade BTC/USD price=1059442e-1 … Buy,Snapshot</c></summary>
    public static string Of(in MarketEvent e, SymbolTable symbols)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{e.Kind} {e.Channel} ");
        text.Append(e.InstrumentId < 0 ? "-" : Encoding.ASCII.GetString(symbols.TextOf(e.InstrumentId)));
        if (e.Price != 0 || e.PriceDecimals != 0) Append(text, "price", Number(e.Price, e.PriceDecimals));
        if (e.Quantity != 0 || e.QuantityDecimals != 0) Append(text, "qty", Number(e.Quantity, e.QuantityDecimals));
        if (e.Number != 0) Append(text, "number", e.Number.ToString(CultureInfo.InvariantCulture));
        if (e.Detail != 0) Append(text, "detail", e.Detail.ToString(CultureInfo.InvariantCulture));
        if (e.ExchangeTimeNs != 0) Append(text, "time", e.ExchangeTimeNs.ToString(CultureInfo.InvariantCulture));
        if (e.Flags != 0) Append(text, "flags", e.Flags.ToString().Replace(", ", "+", System.StringComparison.Ordinal));
        if (e.ReceiveTimeNs != 0 || e.Stamp != 0) text.Append(" STAMPED");
        return text.ToString();
    }

    public static string Of(EventBatch batch, SymbolTable symbols, Dialect dialect)
    {
        StringBuilder text = new();
        foreach (ref readonly MarketEvent e in batch.Events)
        {
            text.Append(Of(in e, symbols));
            if (e.Dialect != dialect) text.Append(CultureInfo.InvariantCulture, $" DIALECT {e.Dialect}");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(' ').Append(name).Append('=').Append(value);

    /// <summary>A mantissa with its point put back: trailing zeros stay visible.</summary>
    private static string Number(long mantissa, int decimals)
    {
        string digits = System.Math.Abs(mantissa).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string sign = mantissa < 0 ? "-" : "";
        return decimals == 0 ? sign + digits : sign + digits[..^decimals] + "." + digits[^decimals..];
    }
}
