using System;
using TradingBot.Kraken.Budgets;
using TradingBot.Kraken.Rest;

namespace TradingBot.Worker.Health;

/// <summary>One key's private calls, its nonces reserved in a data folder.</summary>
internal sealed class AccountCalls : IDisposable
{
    private readonly Secret _key;
    private readonly RequestSigner _signer;
    private readonly NonceSource _nonces;

    private AccountCalls(Uri host, Secret key, RequestSigner signer, NonceSource nonces, AccountTier tier)
    {
        _key = key;
        _signer = signer;
        _nonces = nonces;
        Rest = new PrivateRest(host, key, signer, nonces, FallingCounter.OfRest(tier), TimeProvider.System);
    }

    public PrivateRest Rest { get; }

    /// <summary>Null, with what is wrong, when the folder does not say which nonces were used.</summary>
    /// <exception cref="System.IO.IOException">The folder cannot be read or written.</exception>
    public static AccountCalls? Open(
        string folder, Uri host, Secret key, Secret secret, AccountTier tier, out string fault)
    {
        System.IO.Directory.CreateDirectory(folder);
        NonceSource? nonces = NonceFile.Open(folder, key, out fault);
        return nonces is null ? null : new AccountCalls(host, key, new RequestSigner(secret), nonces, tier);
    }

    /// <summary>A request for a token, signed with the next nonce: for those that send it themselves.</summary>
    public TokenRequest TokenRequest(long unixNs) =>
        WebSocketToken.Request(_key.Reveal(), _signer, _nonces.NextText(unixNs));

    public void Dispose()
    {
        Rest.Dispose();
        _signer.Dispose();
    }
}
