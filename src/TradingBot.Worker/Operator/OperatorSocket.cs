// In:     one line a connection, over a Unix socket in the data folder.   Out: the worker's answer, one line.
// Thread: the pool's; the worker's own thread does the act.
// Keeps:  who may open the socket is a matter of the file's mode, 600, set before anybody can connect. No port, no
//         token, nothing a web page could reach: docs/decisions/0004-operator-socket.md.
using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace TradingBot.Worker.Operator;

/// <summary>Where <c>halt</c>, <c>resume</c> and <c>flatten</c> reach the worker that runs on a data folder.</summary>
internal sealed class OperatorSocket : IAsyncDisposable
{
    public const string Name = "operator.sock";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LineBytesMax = 4_096;

    /// <summary>A client that says nothing, or does not take its answer, is hung up on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly OperatorInbox _inbox;
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private OperatorSocket(Socket listener, OperatorInbox inbox, string path)
    {
        _listener = listener;
        _inbox = inbox;
        _path = path;
        _accepting = AcceptAsync();
    }

    /// <summary>Listens; the caller holds the folder, so a socket file that lies there is a dead process's.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="inbox">Takes what is asked.</param>
    /// <param name="fault">What is wrong, with the remedy; empty when nothing is.</param>
    /// <returns>Null when there can be none: the worker runs without, and says so.</returns>
    public static OperatorSocket? Listen(string folder, OperatorInbox inbox, out string fault)
    {
        string path = Path.Combine(folder, Name);
        UnixDomainSocketEndPoint? address = AddressOf(folder, out fault);
        if (address is null) return null;
        Socket? listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            listener.Bind(address);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
            listener.Listen(8);
            OperatorSocket socket = new(listener, inbox, path);
            listener = null;
            return socket;
        }
        catch (Exception wrong) when (wrong is SocketException or IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be opened ({wrong.Message}): halt and resume do not reach this run";
            return null;
        }
        finally
        {
            listener?.Dispose();
        }
    }

    /// <summary>Asks the worker that runs on a folder; null, with the reason, when none answers.</summary>
    public static async Task<byte[]?> AskAsync(string folder, byte[] line, Action<string> tellFault)
    {
        UnixDomainSocketEndPoint? address = AddressOf(folder, out string fault);
        if (address is null)
        {
            tellFault(fault);
            return null;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using CancellationTokenSource late = new(Patience);
        try
        {
            await socket.ConnectAsync(address, late.Token).ConfigureAwait(false);
            await SendAsync(socket, line, late.Token).ConfigureAwait(false);
            byte[]? answer = await ReceiveAsync(socket, late.Token).ConfigureAwait(false);
            if (answer is null) tellFault("the worker hung up without an answer: look at its status, and ask again");
            return answer;
        }
        catch (SocketException)
        {
            tellFault($"no worker listens on {Path.Combine(folder, Name)}: is it running, and is this its data folder "
                + "(--data), and its user?");
        }
        catch (OperationCanceledException)
        {
            tellFault("the worker did not answer in 10 s: it may hang; look at /livez");
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        File.Delete(_path);
        _stop.Dispose();
    }

    /// <summary>The system takes some hundred bytes of path; one from the working directory may be shorter.</summary>
    private static UnixDomainSocketEndPoint? AddressOf(string folder, out string fault)
    {
        fault = "";
        string full = Path.GetFullPath(Path.Combine(folder, Name));
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, full);
        foreach (string path in (string[])[full, relative])
        {
            try
            {
                return new UnixDomainSocketEndPoint(path);
            }
            catch (ArgumentOutOfRangeException)
            {
                // Too long: the next one.
            }
        }

        fault = $"the path {full} is too long for a socket: a shorter storage.url (--data) has halt and resume";
        return null;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                // One after the other: operators are few, and a silent one is hung up on.
                await ServeAsync(client).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (SocketException) when (_stop.IsCancellationRequested)
        {
            // So it is.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket socket = client;
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        late.CancelAfter(Patience);
        try
        {
            byte[]? line = await ReceiveAsync(socket, late.Token).ConfigureAwait(false);
            if (line is null) return;
            byte[] answer = OperatorMessage.Read(line) is { } ask
                ? OperatorMessage.Answer(await _inbox.AskAsync(ask, late.Token).ConfigureAwait(false))
                : OperatorMessage.Misunderstood();
            await SendAsync(socket, answer, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A client that said nothing, or the run's end: it sees that the socket closes.
        }
        catch (SocketException)
        {
            // The client left.
        }
    }

    private static async Task SendAsync(Socket socket, byte[] line, CancellationToken stop)
    {
        byte[] bytes = [.. line, (byte)'\n'];
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), stop).ConfigureAwait(false);
        }
    }

    /// <summary>Bytes up to the line's end; null when the other side closes before, or says more.</summary>
    private static async Task<byte[]?> ReceiveAsync(Socket socket, CancellationToken stop)
    {
        byte[] bytes = new byte[LineBytesMax];
        int count = 0;
        while (count < bytes.Length)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(count), stop).ConfigureAwait(false);
            if (read == 0) return null;
            count += read;
            int end = bytes.AsSpan(0, count).IndexOf((byte)'\n');
            if (end >= 0) return bytes[..end];
        }

        return null;
    }
}
