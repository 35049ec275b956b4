using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TradingBot.Simulation.Loopback;

/// <summary>
/// A certificate authority of one process: its key never leaves it, and who trusts its certificate trusts the simulated
/// Kraken under Kraken's own names until the process ends.
/// </summary>
public sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private static readonly string[] Names =
    [
        "localhost", "api.kraken.com", "ws.kraken.com", "ws-auth.kraken.com", "uws.kraken.com", "futures.kraken.com",
    ];

    private readonly X509Certificate2 _authority;

    /// <param name="time">When the certificates begin to be valid: a day before the present of this clock.</param>
    public TestAuthority(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        DateTimeOffset from = time.GetUtcNow().AddDays(-1);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new("CN=TradingBot simulated Kraken", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        _authority = authority.CreateSelfSigned(from, from + Validity);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest server = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        foreach (string name in Names) names.AddDnsName(name);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        server.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        // A serial number is positive.
        serial[0] &= 0x7F;
        using X509Certificate2 signed = server.Create(_authority, from, from + Validity, serial);
        ServerCertificate = signed.CopyWithPrivateKey(key);
    }

    /// <summary>For the server alone: it holds a key.</summary>
    public X509Certificate2 ServerCertificate { get; }

    /// <summary>What a client has to trust, in PEM.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public void Dispose()
    {
        ServerCertificate.Dispose();
        _authority.Dispose();
    }
}
