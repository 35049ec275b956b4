using System;
using System.Collections.Concurrent;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TradingBot.Tests.Rest;

/// <summary>What a stand-in answers; bodies are of our own writing in the venue's form.</summary>
internal sealed record StandInReply(string Body, int Status = 200, string Type = "application/json")
{
    /// <summary>Sent instead of the text.</summary>
    public byte[]? Bytes { get; init; }

    public string Coding { get; init; } = "";

    public (string Name, string Value) Header { get; init; }

    /// <summary>Never answers.</summary>
    public bool Hangs { get; init; }

    /// <summary>Says that it is so much longer than it is, and hangs up.</summary>
    public int Lacks { get; init; }

    public static StandInReply Error(string text, int status = 200) => new("{\"error\":[\"" + text + "\"]}", status);

    public static StandInReply Html(int status) => new(
        "<!DOCTYPE html><html><body>Error 1015: you are being rate limited</body></html>", status, "text/html");

    /// <summary>The first part of a gzip file.</summary>
    public static StandInReply Truncated(string text)
    {
        byte[] whole = Gzip(text);
        return new(text) { Bytes = whole[..(whole.Length / 2)], Coding = "gzip" };
    }

    public static StandInReply Packed(string text) => new(text) { Bytes = Gzip(text), Coding = "gzip" };

    private static byte[] Gzip(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}

/// <summary>An HTTP server on this machine in the place of Kraken.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly Func<string, StandInReply> _answer;
    private readonly CancellationTokenSource _ended = new();

    private StandIn(Func<string, StandInReply> answer)
    {
        _answer = answer;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _host = builder.Build();
        _host.Run(AnswerAsync);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Path and query of everything that was asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static async Task<StandIn> StartAsync(Func<string, StandInReply> answer)
    {
        StandIn server = new(answer);
        await server._host.StartAsync();
        server.Url = new Uri(server._host.Urls.Single());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _ended.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value + context.Request.QueryString.Value;
        Asked.Enqueue(path);
        StandInReply reply = _answer(path);
        if (reply.Hangs)
        {
            using CancellationTokenSource gone =
                CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, context.RequestAborted);
            await Task.Delay(Timeout.Infinite, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Abort();
            return;
        }

        byte[] body = reply.Bytes ?? Encoding.UTF8.GetBytes(reply.Body);
        context.Response.StatusCode = reply.Status;
        if (reply.Type.Length > 0) context.Response.ContentType = reply.Type;
        if (reply.Coding.Length > 0) context.Response.Headers.ContentEncoding = reply.Coding;
        if (reply.Header.Name is { } name) context.Response.Headers[name] = reply.Header.Value;
        context.Response.ContentLength = body.Length + reply.Lacks;
        await context.Response.Body.WriteAsync(body);
        if (reply.Lacks == 0) return;
        await context.Response.Body.FlushAsync();
        // A reset would take with it what the client has not read yet.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        context.Abort();
    }
}
