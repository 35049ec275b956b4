using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace TradingBot.Storage.Candles;

/// <summary>One CSV of downloaded history: a file, or an entry of an archive.</summary>
/// <param name="Name">As a person finds it: <c>Kraken_OHLCVT.zip/XBTUSD_60.csv</c>.</param>
/// <param name="Bytes">Stored bytes, for progress.</param>
/// <param name="Minutes">Length of its bars by its name; 0 when the name tells none.</param>
public sealed record HistoryFile(string Name, long Bytes, int Minutes)
{
    private readonly string _path = "";
    private readonly string? _entry;

    internal HistoryFile(string path, string? entry, long bytes, int minutes)
        : this(entry is null ? path : $"{path}/{entry}", bytes, minutes)
    {
        _path = path;
        _entry = entry;
    }

    /// <summary>Opens its bytes, plain or gzip; the archive is held until the stream is closed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream Open()
    {
        if (_entry is null) return new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        ZipArchive archive = ZipFile.OpenRead(_path);
        return new EntryStream(archive, archive.GetEntry(_entry)!.Open());
    }

    /// <summary>Tells this file from another one of its name: length and the first bytes.</summary>
    public string Fingerprint()
    {
        byte[] first = new byte[4_096];
        using Stream stream = Open();
        int read = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        string hash = Convert.ToHexStringLower(SHA256.HashData(first.AsSpan(0, read)))[..16];
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Name)}:{Bytes}:{hash}");
    }

    private sealed class EntryStream(ZipArchive archive, Stream entry) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => entry.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => entry.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                entry.Dispose();
                archive.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>Finds the files of a symbol in what Kraken lets one download.</summary>
/// <remarks>
/// support.kraken.com, "Downloadable historical OHLCVT data" and "… market data (time and sales)": archives of
/// <c>XBTUSD_60.csv</c> (minutes behind the name) and <c>XBTUSD.csv</c>.
/// </remarks>
public static partial class HistoryFiles
{
    /// <summary>The CSVs under a path that are of the symbol; a file named directly is taken whatever its name
    /// is.</summary>
    /// <param name="path">A file (plain or .gz), a .zip, or a folder of them.</param>
    /// <param name="symbol">As <c>BTC/USD</c>.</param>
    /// <param name="withMinutes">Names end in a number of minutes (OHLCVT), or do not (trades).</param>
    /// <exception cref="IOException">The path cannot be read.</exception>
    /// <exception cref="InvalidDataException">An archive is damaged.</exception>
    public static List<HistoryFile> Find(string path, string symbol, bool withMinutes)
    {
        List<HistoryFile> files = [];
        if (Directory.Exists(path))
        {
            string[] inside = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
            Array.Sort(inside, StringComparer.Ordinal);
            foreach (string file in inside) AddFile(files, file, symbol, withMinutes, named: false);
        }
        else
        {
            AddFile(files, path, symbol, withMinutes, named: true);
        }

        files.Sort((left, right) => left.Minutes.CompareTo(right.Minutes));
        return files;
    }

    /// <summary>Whether a name of Kraken's files is this symbol's: BTC is XBT there, DOGE is XDG.</summary>
    internal static bool IsNameOf(string name, string symbol) =>
        string.Equals(Plain(name), Plain(symbol), StringComparison.OrdinalIgnoreCase);

    private static void AddFile(
        List<HistoryFile> files, string path, string symbol, bool withMinutes, bool named)
    {
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (!TryReadName(entry.Name, out string inside, out int length)) continue;
                bool wanted = IsNameOf(inside, symbol) && (length > 0) == withMinutes;
                if (wanted) files.Add(new HistoryFile(path, entry.FullName, entry.Length, length));
            }

            return;
        }

        bool isCsv = TryReadName(Path.GetFileName(path), out string name, out int minutes);
        bool isWanted = named || (isCsv && IsNameOf(name, symbol) && (minutes > 0) == withMinutes);
        if (isWanted) files.Add(new HistoryFile(path, null, new FileInfo(path).Length, withMinutes ? minutes : 0));
    }

    private static bool TryReadName(string file, out string name, out int minutes)
    {
        Match match = Form().Match(file);
        name = match.Groups[1].Value;
        minutes = match.Groups[2].Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : 0;
        return match.Success;
    }

    private static string Plain(string name)
    {
        string plain = name.Replace("/", "", StringComparison.Ordinal).ToUpperInvariant();
        if (plain.StartsWith("XBT", StringComparison.Ordinal)) plain = "BTC" + plain[3..];
        if (plain.StartsWith("XDG", StringComparison.Ordinal)) plain = "DOGE" + plain[3..];
        return plain.EndsWith("XBT", StringComparison.Ordinal) ? plain[..^3] + "BTC" : plain;
    }

    [GeneratedRegex(@"^([A-Za-z0-9.]+?)(?:[-_]trades)?(?:_([0-9]{1,5}))?\.csv(?:\.gz)?$")]
    private static partial Regex Form();
}
