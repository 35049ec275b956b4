// In:     symbol bytes from parsers.   Out: small ids, and text by id.
// Thread: one writer (the feed thread that parses); ids reach other threads through the ring, whose release/acquire
//         pair makes the entry visible, so readers by id need no lock.
// Keeps:  an id never changes its meaning.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TradingBot.Market.Values;

namespace TradingBot.Market.Wire;

/// <summary>Maps (dialect, symbol bytes) to instrument ids 0, 1, 2 … in order of first appearance.</summary>
public sealed class SymbolTable
{
    /// <summary>Kraken lists ~1,500 spot pairs and ~350 derivatives; 4,096 holds both twice.</summary>
    public const int CapacityDefault = 4_096;

    /// <summary>Longest symbol we accept; the longest known is 17 bytes (FI_XBTUSD_211231).</summary>
    public const int SymbolBytesMax = 32;

    /// <summary>
    /// Symbols up to here are also found by their bytes in one register, zeros behind them. All of spot's are.
    /// </summary>
    internal const int ShortBytesMax = 16;

    private readonly byte[] _text;
    private readonly byte[] _length;
    private readonly Dialect[] _dialect;
    private readonly ulong[] _hash;
    private readonly int[] _buckets;

    /// <summary>Open addressing like the buckets, but key and id share a line: one miss when it is cold.</summary>
    private readonly ShortSymbol[] _short;
    private int _count;

    public SymbolTable(int capacity = CapacityDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _text = new byte[capacity * SymbolBytesMax];
        _length = new byte[capacity];
        _dialect = new Dialect[capacity];
        _hash = new ulong[capacity];
        // At most half full: probes stay short and an empty bucket always ends them.
        int buckets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2);
        _buckets = new int[buckets];
        _short = new ShortSymbol[buckets];
    }

    public int Count => _count;

    public int Capacity => _length.Length;

    /// <summary>New symbols refused because the table was full.</summary>
    public long Overflows { get; private set; }

    /// <summary>The id of a symbol, adding it when new; -1 when the table is full.</summary>
    /// <remarks>Callers check the text first with <see cref="IsSymbol"/>.</remarks>
    public int IdOf(Dialect dialect, ReadOnlySpan<byte> symbol)
    {
        ulong hash = HashOf(dialect, symbol);
        if (TryFind(dialect, symbol, hash, out int bucket)) return _buckets[bucket] - 1;
        return Add(dialect, symbol, hash, bucket);
    }

    /// <summary>
    /// The id of a symbol, adding it when new; false, and no refusal is counted, when the table has no room.
    /// </summary>
    internal bool TryIdOf(Dialect dialect, ReadOnlySpan<byte> symbol, out int id)
    {
        ulong hash = HashOf(dialect, symbol);
        if (TryFind(dialect, symbol, hash, out int bucket)) id = _buckets[bucket] - 1;
        else id = _count < _length.Length ? Add(dialect, symbol, hash, bucket) : -1;
        return id >= 0;
    }

    /// <summary>The id of a symbol seen before, given its bytes and zeros up to 16; else -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    internal int FindShort(Dialect dialect, Vector128<byte> key)
    {
        ShortSymbol[] symbols = _short;
        uint bucket = ShortBucketOf(dialect, key);
        while (true)
        {
            ref readonly ShortSymbol symbol = ref symbols[(int)(bucket & (uint)(symbols.Length - 1))];
            if (symbol.Key == key && symbol.Dialect == dialect) return symbol.IdPlusOne - 1;
            if (symbol.IdPlusOne == 0) return -1;
            bucket++;
        }
    }

    /// <summary>1 to 32 printable ASCII bytes.</summary>
    public static bool IsSymbol(ReadOnlySpan<byte> symbol) =>
        symbol.Length is > 0 and <= SymbolBytesMax && symbol.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;

    public ReadOnlySpan<byte> TextOf(int id) => _text.AsSpan(id * SymbolBytesMax, _length[id]);

    public Dialect DialectOf(int id) => _dialect[id];

    /// <summary>A hash of dialect and text that is the same in every process and order of appearance.</summary>
    public ulong StableHashOf(int id) => _hash[id];

    /// <summary>The bucket that holds the symbol, or the empty one where it belongs.</summary>
    private bool TryFind(Dialect dialect, ReadOnlySpan<byte> symbol, ulong hash, out int bucket)
    {
        int mask = _buckets.Length - 1;
        bucket = (int)(hash >> 32) & mask;
        while (_buckets[bucket] != 0)
        {
            int id = _buckets[bucket] - 1;
            if (_hash[id] == hash && _dialect[id] == dialect && TextOf(id).SequenceEqual(symbol)) return true;
            bucket = (bucket + 1) & mask;
        }

        return false;
    }

    private int Add(Dialect dialect, ReadOnlySpan<byte> symbol, ulong hash, int bucket)
    {
        if (_count == _length.Length)
        {
            Overflows++;
            return -1;
        }

        int id = _count;
        symbol.CopyTo(_text.AsSpan(id * SymbolBytesMax));
        _length[id] = (byte)symbol.Length;
        _dialect[id] = dialect;
        _hash[id] = hash;
        _count = id + 1;
        _buckets[bucket] = id + 1;
        if (symbol.Length <= ShortBytesMax) AddShort(dialect, symbol, id);
        return id;
    }

    private void AddShort(Dialect dialect, ReadOnlySpan<byte> symbol, int id)
    {
        Span<byte> bytes = stackalloc byte[ShortBytesMax];
        bytes.Clear();
        symbol.CopyTo(bytes);
        Vector128<byte> key = Vector128.Create<byte>(bytes);
        int mask = _short.Length - 1;
        int bucket = (int)ShortBucketOf(dialect, key) & mask;
        while (_short[bucket].IdPlusOne != 0) bucket = (bucket + 1) & mask;
        _short[bucket] = new ShortSymbol { Key = key, IdPlusOne = id + 1, Dialect = dialect };
    }

    /// <summary>Two multiplications by odd constants: the upper half of the product depends on every byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark ParseBench.Parse
    private static uint ShortBucketOf(Dialect dialect, Vector128<byte> key)
    {
        Vector128<ulong> words = key.AsUInt64();
        ulong mixed = words.ToScalar() ^ (words.GetElement(1) * 0x9E37_79B9_7F4A_7C15) ^ (ulong)dialect;
        return (uint)((mixed * 0xD6E8_FEB8_6659_FD93) >> 32);
    }

    /// <summary>FNV-1a over dialect and text.</summary>
    private static ulong HashOf(Dialect dialect, ReadOnlySpan<byte> symbol)
    {
        const ulong Prime = 1_099_511_628_211;
        ulong hash = (14_695_981_039_346_656_037 ^ (ulong)dialect) * Prime;
        foreach (byte b in symbol) hash = (hash ^ b) * Prime;
        return hash;
    }

    /// <summary>A symbol of at most 16 bytes; 32 bytes, so that it never straddles a cache line.</summary>
    private struct ShortSymbol
    {
        public Vector128<byte> Key;

        /// <summary>0 = the bucket is empty.</summary>
        public int IdPlusOne;
        public Dialect Dialect;
    }
}
