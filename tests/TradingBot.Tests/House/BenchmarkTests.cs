using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using TradingBot.Bench;
using Xunit;

namespace TradingBot.Tests.House;

/// <summary>
/// Benchmarks run once here so that they cannot rot, and return a checksum so that they cannot cheat.
/// </summary>
public sealed class BenchmarkTests
{
    [Fact]
    public void Every_benchmark_runs_and_returns_a_checksum()
    {
        Type[] types = typeof(MantissaBench).Assembly.GetTypes();
        Type[] classes = [.. types.Where(type => BenchmarksOf(type).Any() && !type.IsAbstract)];
        Assert.Contains(typeof(MantissaBench), classes);
        Verdict.Kept(classes.SelectMany(Violations));
    }

    [Theory]
    [InlineData("RottenBench.Nothing returns nothing")]
    [InlineData("RottenBench.Idle returns 0, no checksum of work")]
    [InlineData("RottenBench.Throws fails: gone")]
    public void A_rotten_benchmark_is_reported(string words) => Verdict.Reports(Violations(typeof(RottenBench)), words);

    [Fact]
    public void Setup_and_the_smallest_input_come_before_the_benchmark() =>
        Verdict.Kept(Violations(typeof(PreparedBench)));

    private static IEnumerable<MethodInfo> BenchmarksOf(Type type) => With<BenchmarkAttribute>(type);

    private static IEnumerable<MethodInfo> With<T>(Type type)
        where T : Attribute =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.GetCustomAttribute<T>() is not null);

    private static List<string> Violations(Type type)
    {
        List<string> found = [];
        foreach (MethodInfo method in BenchmarksOf(type))
        {
            string name = $"{type.Name}.{method.Name}";
            if (method.ReturnType == typeof(void))
            {
                found.Add($"{name} returns nothing");
                continue;
            }

            try
            {
                object? result = RunOnce(type, method);
                bool idle = result is null || result.Equals(Activator.CreateInstance(result.GetType()));
                if (idle) found.Add($"{name} returns {result ?? "null"}, no checksum of work");
            }
            catch (TargetInvocationException e)
            {
                found.Add($"{name} fails: {e.InnerException!.Message}");
            }
        }

        return found;
    }

    private static object? RunOnce(Type type, MethodInfo benchmark)
    {
        object instance = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties()) SetSmallest(instance, property);
        Invoke<GlobalSetupAttribute>(instance, benchmark, attribute => attribute.Targets);
        Invoke<IterationSetupAttribute>(instance, benchmark, attribute => attribute.Targets);
        object?[] arguments = benchmark.GetCustomAttribute<ArgumentsAttribute>()?.Values ?? [];
        object? result = benchmark.Invoke(instance, arguments);
        Invoke<IterationCleanupAttribute>(instance, benchmark, attribute => attribute.Targets);
        Invoke<GlobalCleanupAttribute>(instance, benchmark, attribute => attribute.Targets);
        return result;
    }

    private static void SetSmallest(object instance, PropertyInfo property)
    {
        object?[] values = property.GetCustomAttribute<ParamsAttribute>()?.Values ?? [];
        if (property.GetCustomAttribute<ParamsSourceAttribute>() is ParamsSourceAttribute source)
        {
            MemberInfo member = instance.GetType().GetMember(source.Name).Single();
            object? listed = member is MethodInfo method
                ? method.Invoke(instance, null)
                : ((PropertyInfo)member).GetValue(instance);
            values = [.. ((IEnumerable)listed!).Cast<object?>()];
        }

        if (values.Length == 0) return;
        property.SetValue(instance, values[0] is IComparable ? values.Min() : values[0]);
    }

    /// <summary>Calls the setup or cleanup methods meant for one benchmark; no targets means for all.</summary>
    private static void Invoke<T>(object instance, MethodInfo benchmark, Func<T, string[]> targets)
        where T : Attribute
    {
        foreach (MethodInfo method in With<T>(instance.GetType()))
        {
            string[] named = targets(method.GetCustomAttribute<T>()!) ?? [];
            if (named.Length == 0 || named.Contains(benchmark.Name)) method.Invoke(instance, null);
        }
    }

    private sealed class RottenBench
    {
        private readonly int _idle = Array.Empty<int>().Length;

        [Benchmark]
        public void Nothing() => GC.KeepAlive(_idle);

        [Benchmark]
        public int Idle() => _idle;

        [Benchmark]
        public int Throws() => _idle == 0 ? throw new InvalidOperationException("gone") : 1;
    }

    private sealed class PreparedBench
    {
        private int _prepared;

        [Params(1_000, 10)]
        public int Size { get; set; }

        [GlobalSetup(Target = nameof(Works))]
        public void Prepare() => _prepared = Size;

        [GlobalSetup(Target = "Another")]
        public void PrepareOther() => _prepared = -1;

        [Benchmark]
        public int Works() => _prepared == 10 ? 1 : 0;
    }
}
