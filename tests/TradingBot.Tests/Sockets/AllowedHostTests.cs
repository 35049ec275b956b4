using System;
using TradingBot.Kraken.Feed;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>Nobody but Kraken and this machine is spoken to, whatever the configuration says.</summary>
public sealed class AllowedHostTests
{
    [Theory]
    [InlineData("https://api.kraken.com", true)]
    [InlineData("wss://ws.kraken.com/v2", true)]
    [InlineData("wss://WS.Kraken.COM/v2", true)]
    [InlineData("wss://beta.ws.kraken.com/v2", true)]
    [InlineData("https://kraken.com", true)]
    [InlineData("ws://127.0.0.1:1/v2", true)]
    [InlineData("ws://localhost:1/v2", true)]
    [InlineData("http://[::1]:1", true)]
    [InlineData("http://api.kraken.com", false)]
    [InlineData("ws://ws.kraken.com/v2", false)]
    [InlineData("wss://notkraken.com/v2", false)]
    [InlineData("wss://ws.kraken.com.example.org/v2", false)]
    [InlineData("wss://user@ws.kraken.com/v2", false)]
    [InlineData("wss://ws.kraken.com@example.org/v2", false)]
    [InlineData("wss://10.0.0.7/v2", false)]
    [InlineData("wss://kraken.com./v2", false)]
    [InlineData("ftp://ws.kraken.com", false)]
    public void An_address_is_of_Kraken_over_TLS_or_of_this_machine(string text, bool allowed)
    {
        Uri address = new(text);
        Assert.Equal(allowed, VenueAddresses.IsAllowed(address));
        Uri own = new("ws://127.0.0.1:1");
        VenueAddresses addresses = new(own, own, address, own);
        if (!allowed) Assert.Throws<ArgumentException>(() => new SocketWire(addresses));
    }
}
