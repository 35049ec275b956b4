using TradingBot.Kraken.Rest;

namespace TradingBot.Kraken.Orders;

/// <content>
/// Tokens: the one in use and a spare that nothing has used, so that neither a reconnect nor a token that the venue
/// does not take waits for REST.
/// </content>
public sealed partial class SocketOrderLane
{
    private WebSocketToken? _token;
    private WebSocketToken? _spare;

    /// <summary>The next token begins a pair; false: it is the spare of the one in use.</summary>
    private bool _refreshes;
    private long _tokenDueNs;

    /// <summary>Requests before this one carried another token.</summary>
    private long _tokenFromRequest;

    /// <summary>
    /// The caller should ask for a token and give the answer to <see cref="OnToken"/>; true until it does. Also while
    /// the socket is away: a reconnect must not wait for REST.
    /// </summary>
    public bool WantsToken => _wasConnected && NowNs >= _tokenDueNs;

    /// <summary>
    /// Until when a reconnect needs no REST, Unix ns; 0: there is no spare token, and one that failed locks us out.
    /// </summary>
    public long SpareUntilNs => _spare?.ExpiresNs ?? 0;

    /// <summary>The answer to a request for a token; one that failed is asked for again after a pause.</summary>
    public void OnToken(in TokenAnswer answer, long nowNs)
    {
        Advance(nowNs);
        bool isUsable = answer.Token is not null && answer.Token.ExpiresNs > NowNs;
        if (!isUsable)
        {
            Counters.TokensFailed++;
            _tokenDueNs = NowNs + _options.TokenPauseNs;
            return;
        }

        TakeToken(answer.Token!);
        bool mustLook = _token is not null && _isConnected && !_look.IsOpen && (!IsUp || _lookDueNs <= NowNs);
        if (mustLook) BeginLook();
    }

    /// <summary>
    /// Tokens are had in pairs: one that is used, then a spare that nothing has used. Both are fresh every ten minutes.
    /// </summary>
    private void TakeToken(WebSocketToken token)
    {
        bool isSpare = _token is not null && !_refreshes;
        if (!_isConnected || isSpare)
        {
            _spare?.Text.Dispose();
            _spare = token;
            _refreshes = true;
            _tokenDueNs = NowNs + _options.TokenAgeNs;
            return;
        }

        Replace(token);
        _refreshes = false;
        // The spare is asked for at once.
        _tokenDueNs = NowNs;
    }

    /// <summary>What is left of the pair takes over; then another pair is wanted at once.</summary>
    private void UseSpare()
    {
        bool isFresh = _spare is not null && _spare.ExpiresNs > NowNs;
        Replace(isFresh ? _spare : null);
        if (!isFresh) _spare?.Text.Dispose();
        _spare = null;
        _refreshes = false;
        _tokenDueNs = NowNs;
    }

    private void Replace(WebSocketToken? token)
    {
        _token?.Text.Dispose();
        _token = token;
        _tokenFromRequest = _lastRequestId + 1;
    }

    /// <summary>
    /// The venue does not take the token of this request: nothing more is sent with it, and the spare takes over. What
    /// was sent with an earlier one says nothing about the one in use.
    /// </summary>
    private void LoseToken(long requestId)
    {
        if (requestId >= _tokenFromRequest) UseSpare();
    }
}
