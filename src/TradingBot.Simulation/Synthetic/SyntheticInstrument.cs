using System;
using System.Globalization;

namespace TradingBot.Simulation.Synthetic;

/// <summary>What does not change of an instrument: its names, its steps, and the manners of its market.</summary>
internal sealed record SyntheticInstrument
{
    /// <summary>The order is part of the output: script and seeds refer to positions.</summary>
    public static readonly SyntheticInstrument[] All =
    [
        new()
        {
            Symbol = "BTC/USD", UnifiedSymbol = "PF_XBTUSD", Base = "BTC",
            PriceDecimals = 1, Price = 630_000, SpreadTicks = 2, GapTicks = 25,
            LevelLots = 30_000_000, IntervalUs = 290_000, Increment = "0.1", QuantityMin = "5e-05",
        },
        new()
        {
            Symbol = "ETH/USD", UnifiedSymbol = "PF_ETHUSD", Base = "ETH",
            PriceDecimals = 2, Price = 187_720, SpreadTicks = 3, GapTicks = 9,
            LevelLots = 900_000_000, IntervalUs = 360_000, Increment = "0.01", QuantityMin = "0.002",
        },
        new()
        {
            Symbol = "SOL/USD", UnifiedSymbol = "PF_SOLUSD", Base = "SOL",
            PriceDecimals = 2, Price = 14_231, SpreadTicks = 1, GapTicks = 2,
            LevelLots = 12_000_000_000, IntervalUs = 470_000, Increment = "0.01", QuantityMin = "0.05",
        },
        new()
        {
            Symbol = "DOGE/USD", UnifiedSymbol = "PF_DOGEUSD", Base = "DOGE",
            PriceDecimals = 7, Price = 2_134_567, SpreadTicks = 60, GapTicks = 220,
            LevelLots = 600_000_000_000, IntervalUs = 620_000, Increment = "1e-07", QuantityMin = "60.0",
        },
        // Its minimum costs more than a small account's order: the gate refuses for that reason, too.
        new()
        {
            Symbol = "ADA/USD", UnifiedSymbol = "PF_ADAUSD", Base = "ADA",
            PriceDecimals = 6, Price = 842_310, SpreadTicks = 24, GapTicks = 70,
            LevelLots = 180_000_000_000, IntervalUs = 690_000, Increment = "1e-06", QuantityMin = "200.0",
        },
    ];

    /// <summary>The five, and behind them made-up relatives of theirs at other prices and paces.</summary>
    public static SyntheticInstrument[] First(int count)
    {
        SyntheticInstrument[] instruments = new SyntheticInstrument[count];
        for (int i = 0; i < count; i++)
        {
            SyntheticInstrument like = All[i % All.Length];
            string name = string.Create(CultureInfo.InvariantCulture, $"S{i:D3}");
            instruments[i] = i < All.Length ? like : like with
            {
                Symbol = name + "/USD",
                UnifiedSymbol = $"PF_{name}USD",
                Base = name,
                Price = Scaled(like.Price, i),
                IntervalUs = like.IntervalUs * (60 + (i * 53 % 180)) / 100,
            };
        }

        return instruments;
    }

    /// <summary>The price of a relative: the same share for its spot market and its perpetual.</summary>
    public static long Scaled(long price, int place) => price * (60 + (place * 37 % 90)) / 100;

    public required string Symbol { get; init; }

    public required string UnifiedSymbol { get; init; }

    public required string Base { get; init; }

    public required int PriceDecimals { get; init; }

    public int QuantityDecimals { get; init; } = 8;

    /// <summary>Where the walk begins, in ticks.</summary>
    public required long Price { get; init; }

    /// <summary>Usual distance between best bid and best ask.</summary>
    public required int SpreadTicks { get; init; }

    /// <summary>Greatest usual distance between neighbouring levels.</summary>
    public required int GapTicks { get; init; }

    /// <summary>Usual quantity of a level.</summary>
    public required long LevelLots { get; init; }

    /// <summary>Mean time between two steps of a calm market.</summary>
    public required int IntervalUs { get; init; }

    /// <summary>As the instrument channel says it.</summary>
    public string Status { get; init; } = "online";

    /// <summary>No two steps are closer than this.</summary>
    public long IntervalLeastUs { get; init; } = 2 * SyntheticScript.Millisecond;

    /// <summary>Price increment as the venue writes it.</summary>
    public required string Increment { get; init; }

    public required string QuantityMin { get; init; }

    public string QuantityIncrement { get; init; } = "1e-08";

    /// <summary>What people call a round quantity.</summary>
    public int RoundLots { get; init; } = 1_000_000;

    /// <summary>The least a taker asks for.</summary>
    public int CrumbLots => Math.Max(RoundLots / 1_000, 1);

    /// <summary>Levels the venue holds on each side at least.</summary>
    public int LevelsMin { get; init; } = 20;

    /// <summary>How far the fair price wanders in one calm step: 0.3 basis points, in 1/256 tick.</summary>
    public int WanderTicks256 => (int)Math.Max(Price * 256 * 3 / 100_000, 16);
}
