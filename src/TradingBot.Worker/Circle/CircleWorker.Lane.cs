using System.Collections.Generic;
using System.IO;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Orders;
using TradingBot.Kraken.Rest;
using TradingBot.Trading;
using TradingBot.Trading.Orders;

namespace TradingBot.Worker.Circle;

/// <content>Which lane takes the orders, and what it asks of REST.</content>
internal sealed partial class CircleWorker
{
    private readonly Dictionary<int, long> _laneCalls = [];
    private RequestSigner? _derivativesSigner;
    private int _tokenRequest = None;
    private IOrderLane? _tokenFor;

    /// <summary>The active lane, in the configuration's word.</summary>
    public string LaneName => _options.Lane == DerivativesLane.Legacy ? "legacy" : "unified";

    /// <summary>Overwrites the private keys: nothing is signed any more.</summary>
    public void ForgetKey()
    {
        _signer.Dispose();
        _derivativesSigner?.Dispose();
    }

    private static WireEndpoint EndpointOf(DerivativesLane lane) => lane == DerivativesLane.Legacy
        ? WireEndpoint.FuturesPrivate : WireEndpoint.UnifiedPrivate;

    /// <summary>One lane takes orders; nobody places on the other what it does not know of this one.</summary>
    /// <exception cref="InvalidDataException">Kraken has ended the lane's interface.</exception>
    private IOrderLane NewLane(long nowNs)
    {
        if (_options.Lane == DerivativesLane.Unified) return new SocketOrderLane(_symbols, new LaneOptions());
        if (LaneEnd.RefusalAt(nowNs) is { } refusal) throw new InvalidDataException(refusal);
        _derivativesSigner = _options.NewDerivativesSigner();
        LaneOptions options = new() { TriggerReference = "mark" };
        return new FuturesOrderLane(_symbols, options, _options.DerivativesKey, _derivativesSigner);
    }

    /// <summary>The lane that trades first: the other one can wait.</summary>
    private void AskForTokens(long nowNs)
    {
        if (_tokenRequest != None) return;
        if (_lane.WantsToken) AskForToken(_lane, nowNs);
        else if (_looker is { WantsToken: true }) AskForToken(_looker, nowNs);
    }

    private void AskForToken(IOrderLane lane, long nowNs)
    {
        _tokenFor = lane;
        if (!_restBudget.TryTake(Urgency.Protect, points: 1, nowNs)) return;
        TokenRequest request = WebSocketToken.Request(_options.ApiKey.Reveal(), _signer, _nonces.NextText(nowNs));
        _tokenRequest = _wire.Request(
            new WireRequest(request.Path, request.ApiKey, request.ApiSign, request.Body));
    }

    private void OnAnswer(in WireEvent answer, long nowNs)
    {
        if (_laneCalls.Remove(answer.Connection, out long number))
        {
            _lane.OnAnswer(number, answer.Status, answer.Bytes, nowNs);
            return;
        }

        if (_venue.TryAnswer(in answer, nowNs) || answer.Connection != _tokenRequest) return;
        _tokenRequest = None;
        TokenAnswer token = WebSocketToken.Parse(answer.Status, answer.Bytes, nowNs);
        if (token.Error.Reason == VenueReason.RateLimited) _restBudget.OnVenueRefused(nowNs);
        _tokenFor!.OnToken(in token, nowNs);
    }
}
