using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>
/// An order that passed the gate. Only <see cref="RiskGate"/> constructs one (I4; a house test reads the IL).
/// </summary>
/// <remarks>A default value is not approved: whoever sends orders checks <see cref="IsApproved"/>.</remarks>
public readonly struct ApprovedOrder
{
    internal ApprovedOrder(
        long causeSequence, long timeNs, long expiresNs, int instrumentId, Side side, Price limitPrice,
        byte priceDecimals, Quantity quantity, byte quantityDecimals, Notional notional, Price stopPrice = default,
        bool byOperator = false)
    {
        CauseSequence = causeSequence;
        TimeNs = timeNs;
        ExpiresNs = expiresNs;
        InstrumentId = instrumentId;
        Side = side;
        LimitPrice = limitPrice;
        PriceDecimals = priceDecimals;
        Quantity = quantity;
        QuantityDecimals = quantityDecimals;
        Notional = notional;
        StopPrice = stopPrice;
        ByOperator = byOperator;
        IsApproved = true;
    }

    public bool IsApproved { get; }

    /// <summary>A person or a script asked for it, not a signal.</summary>
    public bool ByOperator { get; }

    /// <summary>Sequence of the event that caused the signal, or of the act.</summary>
    public long CauseSequence { get; }

    /// <summary>Engine time of the approval, Unix ns.</summary>
    public long TimeNs { get; }

    /// <summary>Engine time at which the order lapses, Unix ns.</summary>
    public long ExpiresNs { get; }

    public int InstrumentId { get; }

    public Side Side { get; }

    /// <summary>Mantissa at <see cref="PriceDecimals"/>; 0 = at market.</summary>
    public Price LimitPrice { get; }

    /// <summary>Where its stop belongs, at <see cref="PriceDecimals"/>; 0 = at the configured distance.</summary>
    public Price StopPrice { get; }

    public byte PriceDecimals { get; }

    /// <summary>Mantissa at <see cref="QuantityDecimals"/>.</summary>
    public Quantity Quantity { get; }

    public byte QuantityDecimals { get; }

    /// <summary>Exposure it reserves, in quote currency.</summary>
    public Notional Notional { get; }
}
