using System;

namespace TradingBot.Market.Bars;

/// <summary>
/// Which series are built of every instrument: the timeframes, shortest first, then the rules as given.
/// </summary>
public sealed class BarPlan
{
    /// <summary>Series per instrument; with 4,096 instruments one event closes at most 65,536 bars.</summary>
    public const int SeriesMax = 16;

    private readonly Timeframe[] _timeframes;
    private readonly BarRule[] _rules;

    public BarPlan(ReadOnlySpan<Timeframe> timeframes, ReadOnlySpan<BarRule> rules = default)
    {
        int count = timeframes.Length + rules.Length;
        if (count is 0 or > SeriesMax) throw new ArgumentException("A plan has 1 to 16 series.", nameof(timeframes));
        for (int i = 0; i < timeframes.Length; i++)
        {
            if (timeframes[i].LengthNs <= (i == 0 ? 0 : timeframes[i - 1].LengthNs))
            {
                throw new ArgumentException("Timeframes are given shortest first, each once.", nameof(timeframes));
            }
        }

        foreach (BarRule rule in rules)
        {
            if (rule.Threshold <= 0) throw new ArgumentException("A bar rule has a threshold.", nameof(rules));
        }

        _timeframes = timeframes.ToArray();
        _rules = rules.ToArray();
    }

    /// <summary>All series; series 0..<see cref="TimeframeCount"/>-1 follow the clock, the others a rule.</summary>
    public int SeriesCount => _timeframes.Length + _rules.Length;

    public int TimeframeCount => _timeframes.Length;

    public ref readonly Timeframe TimeframeOf(int series) => ref _timeframes[series];

    public ref readonly BarRule RuleOf(int series) => ref _rules[series - _timeframes.Length];
}
