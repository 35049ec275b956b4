using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TradingBot.Tests.Sockets;

/// <summary>Certificates made for a test.</summary>
internal static class Certificates
{
    /// <summary>A root, or a leaf that a root vouches for.</summary>
    public static X509Certificate2 Of(
        string name, X509Certificate2? issuer = null, bool isRoot = false, bool isInTime = true)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isRoot, false, 0, critical: true));
        if (isRoot) return request.CreateSelfSigned(now.AddDays(-3), now.AddDays(3));
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = isInTime ? now.AddDays(1) : now.AddDays(-1);
        using X509Certificate2 leaf = request.Create(issuer!, now.AddDays(-2), end, RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
