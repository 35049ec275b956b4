using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Processes;

/// <summary><c>simulate --port</c>: the simulated Kraken in a process of its own.</summary>
public sealed class SimulateServeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_says_where_it_is_serves_what_was_asked_for_over_tls_and_ends_by_a_signal()
    {
        string pem = Path.Combine(Directory.CreateTempSubdirectory("tradingbot-simulate").FullName, "authority.pem");
        using Process process = Verb.Start(
            "simulate", "--port", "0", "--tls", pem, "--symbols", "BTC/USD,PF_ETHUSD", "--json");
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
            JsonElement said = JsonDocument.Parse(line!).RootElement;
            string told = said.GetProperty("spot_private").GetString()!;
            Assert.StartsWith("wss://127.0.0.1:", told, StringComparison.Ordinal);
            using HttpClient http = new(Trusting(pem));
            string instruments = await http.GetStringAsync(
                new Uri(new Uri(said.GetProperty("rest").GetString()!), "/0/public/AssetPairs"),
                TestContext.Current.CancellationToken);
            using JsonDocument answer = JsonDocument.Parse(instruments);
            Assert.Equal(
                ["XXBTZUSD", "XETHZUSD"],
                answer.RootElement.GetProperty("result").EnumerateObject().Select(member => member.Name));

            await Verb.NeedAsync("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [Theory]
    [InlineData("--port takes 0 to 65535", "--port", "99999")]
    [InlineData("has no XRP/USD", "--port", "0", "--symbols", "XRP/USD")]
    [InlineData("--hours means nothing with --port", "--port", "0", "--hours", "2")]
    [InlineData("--speed means something only with --port", "--speed", "2")]
    [InlineData("wrong-digit", "--port", "0", "--fault", "wrong=1")]
    [InlineData("--synthetic takes seed=N", "--port", "0", "--synthetic", "sea=1")]
    public async Task What_means_nothing_is_refused_with_a_remedy(string words, params string[] options)
    {
        (int code, string output, string error) = await Verb.RunAsync(["simulate", .. options]);
        Assert.NotEqual(0, code);
        Assert.Contains(words, output + error, StringComparison.Ordinal);
    }

    /// <summary>Trusts the authority of a file, and nobody else.</summary>
    private static SocketsHttpHandler Trusting(string pem)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(pem);
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
    }
}
