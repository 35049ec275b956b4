// In:     what each source says of the venue, as events.   Out: whether it admits entries, per market.
// Thread: the gate's.
// Keeps:  sources that disagree: the most careful wins. What was not said is unknown where it must be known. I5: a
//         function of the events before. Exits and stops never ask here.
// Budget: two loads per decision.
using TradingBot.Market.Events;
using TradingBot.Market.Values;

namespace TradingBot.Trading.Risk;

/// <summary>How the venue stands for its two markets, spot and derivatives.</summary>
/// <param name="frameRequired">Without a word of a public socket it is unknown.</param>
/// <param name="restRequired">Without a word by a call it is unknown.</param>
internal sealed class VenueStanding(bool frameRequired, bool restRequired)
{
    private const int Markets = 2;
    private const int Sources = (int)VenueSource.Clock + 1;

    private readonly VenueSystem[] _words = new VenueSystem[Markets * Sources];
    private readonly bool[] _told = new bool[Markets * Sources];
    private readonly Refusal[] _refusals =
        [First(frameRequired || restRequired), First(frameRequired || restRequired)];

    /// <summary>0 = spot, 1 = derivatives.</summary>
    public static byte MarketOf(Dialect dialect) => (byte)(dialect is Dialect.Unified or Dialect.FuturesV1 ? 1 : 0);

    public Refusal RefusalOf(byte market) => _refusals[market];

    /// <summary>Takes one source's word.</summary>
    public void Tell(ref readonly MarketEvent e)
    {
        if ((ulong)e.Number >= Sources) return;
        int market = MarketOf(e.Dialect);
        _words[(market * Sources) + (int)e.Number] = (VenueSystem)e.Detail;
        _told[(market * Sources) + (int)e.Number] = true;
        _refusals[market] = Decide(market);
    }

    private static Refusal First(bool required) => required ? Refusal.VenueNotOnline : Refusal.None;

    private Refusal Decide(int market)
    {
        bool online = IsOnline(market, VenueSource.Frame, frameRequired)
            && IsOnline(market, VenueSource.Rest, restRequired)
            && IsOnline(market, VenueSource.Account, required: false);
        if (!online) return Refusal.VenueNotOnline;
        if (!IsOnline(market, VenueSource.Clock, required: false)) return Refusal.ClockSkew;
        return IsOnline(market, VenueSource.Notice, required: false) ? Refusal.None : Refusal.VenueNotice;
    }

    private bool IsOnline(int market, VenueSource source, bool required)
    {
        int at = (market * Sources) + (int)source;
        return _told[at] ? _words[at] == VenueSystem.Online : !required;
    }
}
