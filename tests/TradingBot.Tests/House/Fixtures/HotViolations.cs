using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace TradingBot.Tests.House.Fixtures;

/// <summary>Each member breaks one article of the hot-path law, so that the law can be seen to bite.</summary>
internal sealed class HotViolations
{
    public double Field = 1;
    public Task? Pending = Task.CompletedTask;

    private readonly List<int> _list = Make();

    public static object Boxes(int x) => x;

    public List<int> NewsObject() => new(_list);

    public static byte[] NewsArray(int count) => new byte[count];

    public Func<int> Captures(int x) => () => x + _list.Count;

    public string BuildsText(int x) => $"{x} of {_list.Count}";

    public static Named CopiesRecord(Named one) => one with { Name = "two" };

    public static int UsesLinq(int[] values) => values.Count(v => v > 0);

    public static int EnumeratesInterface(IEnumerable<int> values)
    {
        int sum = 0;
        foreach (int value in values) sum += value;
        return sum;
    }

    public static async Task Awaits() => await Task.Yield();

    public IEnumerable<int> Iterates()
    {
        yield return _list.Count;
    }

    public static long ReadsClock() => Stopwatch.GetTimestamp() + Environment.TickCount64;

    public static bool LoadsConstant(object x) => x.GetHashCode() > 0.5;

    public static long Converts(long x) => (long)(x * 0.1f);

    public static long UsesDecimal(long x) => (long)(decimal)x;

    public static long RoundsRoot(long x) => (long)Math.Sqrt(x);

    public static double RaisesToPower(double x) => Math.Pow(x, 3);

    private static List<int> Make() => [1, 2, 3];

    internal sealed record Named(string Name);
}

/// <summary>What the law allows: allocation while being built, exceptions, value types, exact arithmetic.</summary>
internal sealed class HotCitizen
{
    private readonly long[] _slots;

    public HotCitizen(int count)
    {
        _slots = Fill(count);
    }

    public long Sum()
    {
        Int128 sum = 0;
        foreach (long slot in _slots) sum += new Pair(slot, 1).Product;
        if (sum > long.MaxValue) throw new OverflowException("sum");
        return (long)sum;
    }

    private static long[] Fill(int count) => new long[count];

    private readonly record struct Pair(long Left, long Right)
    {
        public Int128 Product => (Int128)Left * Right;
    }
}
