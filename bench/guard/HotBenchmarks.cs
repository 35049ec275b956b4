using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using TradingBot.Bench;

namespace guard;

/// <summary>Runs every benchmark that measures our code (no baseline is ours) and counts what it allocates.</summary>
internal static class HotBenchmarks
{
    private const int WarmInvocations = 3;

    /// <summary>Enough to see what is allocated only now and then within a pass over the input.</summary>
    private const int CountedInvocations = 8;

    /// <summary>Bytes of the counted invocations together, by class, method and parameters.</summary>
    public static Dictionary<string, long> Bytes()
    {
        Dictionary<string, long> bytes = [];
        IEnumerable<Type> types = typeof(MantissaBench).Assembly.GetTypes().OrderBy(type => type.Name);
        foreach (Type type in types)
        {
            foreach (MethodInfo method in type.GetMethods().Where(IsOurs))
            {
                foreach ((string suffix, Action<object> apply) in Parameters(type))
                {
                    bytes.Add($"{type.Name}.{method.Name}{suffix}", Count(type, method, apply));
                }
            }
        }

        return bytes;
    }

    private static bool IsOurs(MethodInfo method) =>
        method.GetCustomAttribute<BenchmarkAttribute>() is { Baseline: false };

    private static long Count(Type type, MethodInfo method, Action<object> applyParameters)
    {
        object bench = Activator.CreateInstance(type)!;
        applyParameters(bench);
        Invoke<GlobalSetupAttribute>(bench);
        // A delegate, because reflection would box the result.
        Func<long> run = method.ReturnType == typeof(long)
            ? method.CreateDelegate<Func<long>>(bench)
            : throw new InvalidOperationException($"{type.Name}.{method.Name} has to return a long.");
        long counted = 0;
        for (int i = 0; i < WarmInvocations + CountedInvocations; i++)
        {
            Invoke<IterationSetupAttribute>(bench);
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (i >= WarmInvocations) counted += bytes;
        }

        return counted;
    }

    private static void Invoke<T>(object bench)
        where T : Attribute
    {
        foreach (MethodInfo method in bench.GetType().GetMethods())
        {
            if (method.GetCustomAttribute<T>() is not null) method.Invoke(bench, null);
        }
    }

    /// <summary>Every value of the one parameter a class may have; a class without has one empty suffix.</summary>
    private static IEnumerable<(string Suffix, Action<object> Apply)> Parameters(Type type)
    {
        PropertyInfo? parameter = type.GetProperties()
            .SingleOrDefault(property => property.GetCustomAttribute<ParamsAttribute>() is not null);
        if (parameter is null)
        {
            yield return ("", static _ => { });
            yield break;
        }

        foreach (object? value in parameter.GetCustomAttribute<ParamsAttribute>()!.Values)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            yield return ($"({text})", bench => parameter.SetValue(bench, value));
        }
    }
}
