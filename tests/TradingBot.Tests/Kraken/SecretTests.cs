using System;
using System.Text;
using System.Text.Json;
using TradingBot.Kraken.Rest;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>A secret hides, and is gone when it is done with.</summary>
public sealed class SecretTests
{
    private const string Text = "hush-hush-0123456789";

    [Fact]
    public void A_secret_is_in_no_text_that_is_made_of_it()
    {
        Secret secret = new(Text);
        Assert.Equal(Text, secret.Reveal());
        Assert.Equal(Text, Encoding.UTF8.GetString(secret.Bytes));
        string shown = $"{secret}|{new WebSocketToken(secret, 1)}|{secret.Fingerprint()}|"
            + new TokenAnswer(new WebSocketToken(secret, 1), default);
        Assert.DoesNotContain("hush", shown, StringComparison.Ordinal);
        Assert.StartsWith("***|", shown, StringComparison.Ordinal);
        // A serialiser finds no member that holds it either.
        Assert.Equal("{}", JsonSerializer.Serialize(secret));
    }

    [Fact]
    public void A_secret_that_was_disposed_of_is_overwritten_where_it_lay()
    {
        Secret secret = new(Text);
        // Seen before, looked at afterwards: the same memory.
        ReadOnlySpan<byte> bytes = secret.Bytes;
        Assert.Equal((byte)'h', bytes[0]);
        secret.Dispose();
        Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ObjectDisposedException>(() => secret.Reveal());
        Assert.Throws<ObjectDisposedException>(() => secret.Bytes.Length);
        secret.Dispose();
    }

    [Fact]
    public void A_signer_keeps_its_own_copy_and_forgets_it()
    {
        Secret secret = new(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text)));
        RequestSigner signer = new(secret);
        string signed = signer.SignChallenge("x");
        secret.Dispose();
        Assert.Equal(signed, signer.SignChallenge("x"));
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.SignChallenge("x"));
    }

    [Fact]
    public void An_empty_secret_and_one_longer_than_any_key_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Secret(""));
        Assert.Throws<ArgumentException>(() => new Secret([]));
        Assert.Throws<FormatException>(() => new RequestSigner(new Secret(new string('A', 516))));
        Assert.Throws<FormatException>(() => new RequestSigner(new Secret("AAA")));
    }

    [Fact]
    public void Keys_are_told_apart_by_their_fingerprint()
    {
        Assert.Equal(new Secret("a").Fingerprint(), new Secret("a").Fingerprint());
        Assert.NotEqual(new Secret("a").Fingerprint(), new Secret("b").Fingerprint());
        Assert.Equal(12, new Secret("a").Fingerprint().Length);
    }
}
