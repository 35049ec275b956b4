namespace TradingBot.Trading;

/// <summary>What protection did, for reports and tests.</summary>
public sealed class ProtectionCounters
{
    public long Fills { get; internal set; }

    public long FillsRepeated { get; internal set; }

    public long StopsPlaced { get; internal set; }

    public long StopsAmended { get; internal set; }

    public long StopsRefused { get; internal set; }

    public long StopAmendsRefused { get; internal set; }

    /// <summary>Ended by the venue before they fired.</summary>
    public long StopsRemoved { get; internal set; }

    /// <summary>Protective orders refused for the venue's mode, rates or session: tried again, never counted against
    /// the stop.</summary>
    public long VenueRefusals { get; internal set; }

    /// <summary>Positions closed because the market was beyond where their stop belongs.</summary>
    public long ClosedBeyondStop { get; internal set; }

    /// <summary>Stops raised because the planned one lay too near to liquidation or beyond it.</summary>
    public long StopsInsideLiquidation { get; internal set; }

    /// <summary>Positions closed because nothing protected them for too long.</summary>
    public long ClosedUnprotected { get; internal set; }

    /// <summary>Orders under our form of id that this account's owner cannot have sent (I13).</summary>
    public long StrangersOrders { get; internal set; }

    public long StopsFiredIncomplete { get; internal set; }

    /// <summary>Stops moved to where closing costs nothing, after the first target.</summary>
    public long StopsAtBreakEven { get; internal set; }

    /// <summary>Stops moved behind closed bars.</summary>
    public long StopsTrailed { get; internal set; }

    public long TakeProfitsPlaced { get; internal set; }

    public long TakeProfitsRefused { get; internal set; }

    public long Exits { get; internal set; }

    public long Cancels { get; internal set; }

    public long Snapshots { get; internal set; }

    /// <summary>Outcomes nobody knew, told by the lane or by our own time-out.</summary>
    public long Unknowns { get; internal set; }

    /// <summary>Orders given up because two complete snapshots did not hold them (I11).</summary>
    public long Absences { get; internal set; }

    public long PositionsAdopted { get; internal set; }

    /// <summary>Quantities corrected to what two complete snapshots agreed on.</summary>
    public long PositionsCorrected { get; internal set; }

    /// <summary>Times a position was without a proven stop for longer than the grace (I1).</summary>
    public long GraceExceeded { get; internal set; }

    /// <summary>Records that could not be used: no such instrument, digits below the ledger's scale, orders not
    /// ours.</summary>
    public long Unusable { get; internal set; }

    /// <summary>Stop moves refused: more risk, through the market, off the increment, or nothing open.</summary>
    public long MovesRefused { get; internal set; }

    /// <summary>Commands not written because the instrument's order table was full.</summary>
    public long TableFull { get; internal set; }
}
