// In:     types of compiled assemblies.   Out: a sentence per violation of the hot-path law.
// Thread: any.   Keeps: I5, I8 and I9, as far as they can be read off compiled code.
// Why IL: an analyzer sees neither double in a signature nor what a lambda or an await becomes.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace TradingBot.Tests.House;

/// <summary>What compiled code of the hot rooms may not contain.</summary>
internal static class HotPathLaw
{
    private static readonly HashSet<Type> Inexact = [typeof(float), typeof(double), typeof(decimal), typeof(Half)];

    private static readonly HashSet<string> InexactCodes =
    [
        "ldc.r4", "ldc.r8", "conv.r4", "conv.r8", "conv.r.un", "ldelem.r4", "ldelem.r8", "stelem.r4", "stelem.r8",
        "ldind.r4", "ldind.r8", "stind.r4", "stind.r8",
    ];

    /// <summary>Functions whose last bit may differ between machines or versions (I5).</summary>
    private static readonly HashSet<string> Unrepeatable =
    [
        "Exp", "Exp2", "Log", "Log2", "Log10", "Pow", "Cbrt", "Sin", "Cos", "Tan", "Tanh", "FusedMultiplyAdd",
        "MultiplyAddEstimate", "ReciprocalEstimate", "ReciprocalSqrtEstimate",
    ];

    /// <summary>Where time, chance and waiting come from (I9).</summary>
    private static readonly HashSet<string> Outside =
    [
        "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch",
        "System.Random", "System.Threading.Monitor", "System.Threading.Lock", "System.Threading.Thread",
        "System.Console", "System.Security.Cryptography.RandomNumberGenerator",
    ];

    /// <summary>What <c>with</c> calls on a record class; counted where it is called.</summary>
    private const string RecordCopy = "<Clone>$";

    /// <summary>Stands for callers unknown.</summary>
    private static readonly MethodBase AnyMethod = typeof(object).GetMethod(nameof(ToString))!;

    private static readonly HashSet<string> OutsideMembers = ["get_TickCount", "get_TickCount64", "NewGuid"];

    /// <summary>
    /// Venue quantities are never floating point: no such constant, conversion, local, field or signature.
    /// </summary>
    /// <param name="exact">Methods whose floating point touches no venue quantity.</param>
    public static IEnumerable<string> Floats(IEnumerable<Type> types, IReadOnlySet<string> exact)
    {
        Type[] all = [.. types];
        foreach (FieldInfo field in all.SelectMany(CompiledCode.Fields).Where(field => IsInexact(field.FieldType)))
        {
            yield return $"{field.DeclaringType!.FullName}.{field.Name} is a {field.FieldType.Name} field";
        }

        foreach (CompiledMethod method in CompiledCode.Methods(all).Where(method => !exact.Contains(method.Name)))
        {
            if (method.Signature.Any(IsInexact)) yield return $"{method.Name} has floating point in its signature";
            if (method.Locals.Any(IsInexact)) yield return $"{method.Name} has a floating point local";
            foreach (Instruction i in method.Instructions.Where(i => InexactCodes.Contains(i.Code.Name!)))
            {
                yield return $"{method.Name} uses {i.Code.Name}";
            }

            foreach ((_, MethodBase callee) in method.Calls())
            {
                if (CompiledMethod.SignatureOf(callee).Any(IsInexact))
                {
                    yield return $"{method.Name} calls {callee.DeclaringType?.Name}.{callee.Name} with floating point";
                }
            }
        }
    }

    /// <summary>
    /// Nothing is allocated after construction. Constructors, what only they call, throws, and methods on the cold list
    /// are free; everything else may neither make an object nor an array, box, build a string, or use LINQ.
    /// </summary>
    public static IEnumerable<string> Allocations(IEnumerable<Type> types, IReadOnlySet<string> cold)
    {
        CompiledMethod[] methods = [.. CompiledCode.Methods(types)];
        HashSet<MethodBase> construction = Construction(methods);
        foreach (CompiledMethod method in methods)
        {
            if (construction.Contains(method.Method) || IsCold(method, cold)) continue;
            for (int i = 0; i < method.Instructions.Count; i++)
            {
                OpCode code = method.Instructions[i].Code;
                if (code == OpCodes.Box && !IsNullTest(method, i)) yield return $"{method.Name} boxes";
                if (code == OpCodes.Newarr) yield return $"{method.Name} makes an array";
            }

            foreach ((Instruction at, MethodBase callee) in method.Calls())
            {
                if (Allocates(at, callee) is string what) yield return $"{method.Name} {what}";
            }
        }
    }

    /// <summary>No await and no iterator: the engine's calls begin and end on one thread (I9).</summary>
    public static IEnumerable<string> Awaits(IEnumerable<Type> types)
    {
        Type[] all = [.. types];
        foreach (FieldInfo field in all.SelectMany(CompiledCode.Fields).Where(field => IsTask(field.FieldType)))
        {
            yield return $"{field.DeclaringType!.FullName}.{field.Name} holds a task";
        }

        foreach (CompiledMethod method in CompiledCode.Methods(all))
        {
            if (method.Signature.Any(IsTask)) yield return $"{method.Name} has a task in its signature";
            if (method.Method.GetCustomAttributes().Any(a => a is StateMachineAttribute))
            {
                yield return $"{method.Name} is a state machine (async or iterator)";
            }
        }
    }

    /// <summary>Time, chance and order enter as events; indicators compute the same bits everywhere (I5, I9).</summary>
    public static IEnumerable<string> Outsiders(IEnumerable<Type> types)
    {
        foreach (CompiledMethod method in CompiledCode.Methods(types))
        {
            foreach ((_, MethodBase callee) in method.Calls())
            {
                string owner = callee.DeclaringType?.FullName ?? string.Empty;
                bool mathematics = owner is "System.Math" or "System.MathF" or "System.Double" or "System.Single";
                if (Outside.Contains(owner) || OutsideMembers.Contains(callee.Name)
                    || (mathematics && Unrepeatable.Contains(callee.Name))
                    || owner.StartsWith("System.Runtime.Intrinsics.X86.Fma", StringComparison.Ordinal))
                {
                    yield return $"{method.Name} calls {callee.DeclaringType?.Name}.{callee.Name}";
                }
            }
        }
    }

    /// <summary>What only one type may construct (I4): everybody else who calls its constructor is reported.</summary>
    public static IEnumerable<string> Constructions(IEnumerable<Type> types, Type made, Type maker)
    {
        foreach (CompiledMethod method in CompiledCode.Methods(types))
        {
            if (method.Method.DeclaringType == maker) continue;
            foreach ((_, MethodBase callee) in method.Calls())
            {
                if (callee is ConstructorInfo && callee.DeclaringType == made)
                {
                    yield return $"{method.Name} makes a {made.Name}, which only {maker.Name} may";
                }
            }
        }
    }

    private static string? Allocates(Instruction at, MethodBase callee)
    {
        Type owner = callee.DeclaringType!;
        if (at.Code == OpCodes.Newobj)
        {
            bool free = owner.IsValueType || typeof(Exception).IsAssignableFrom(owner);
            return free ? null : $"makes a {owner.Name}";
        }

        if (callee.Name == RecordCopy) return "copies a record";
        if (owner.FullName == "System.Linq.Enumerable") return $"uses LINQ ({callee.Name})";
        if (owner.IsInterface && callee.Name == "GetEnumerator") return "enumerates an interface";
        return BuildsText(callee) ? $"builds text ({owner.Name}.{callee.Name})" : null;
    }

    private static bool BuildsText(MethodBase callee) =>
        callee is MethodInfo { ReturnType: Type result } && result == typeof(string)
        && callee.DeclaringType!.Assembly == typeof(string).Assembly;

    /// <summary>Constructors, and private methods that only construction calls.</summary>
    private static HashSet<MethodBase> Construction(CompiledMethod[] methods)
    {
        HashSet<MethodBase> cold = [.. methods.Select(m => m.Method).Where(m => m is ConstructorInfo)];
        Dictionary<(Module, int), List<MethodBase>> callers = [];
        foreach (CompiledMethod method in methods)
        {
            foreach ((Instruction at, MethodBase callee) in method.Calls())
            {
                (Module, int) key = (callee.Module, callee.MetadataToken);
                if (!callers.TryGetValue(key, out List<MethodBase>? list)) callers[key] = list = [];
                // A method pointer escapes: who calls it later is not known. Null stands for anybody.
                list.Add(at.Code == OpCodes.Ldftn ? AnyMethod : method.Method);
            }
        }

        bool grew = true;
        while (grew)
        {
            grew = false;
            foreach (MethodBase method in methods.Select(m => m.Method).Where(m => m.IsPrivate && !cold.Contains(m)))
            {
                bool known = callers.TryGetValue((method.Module, method.MetadataToken), out List<MethodBase>? list);
                if (known && list!.All(cold.Contains)) grew |= cold.Add(method);
            }
        }

        return cold;
    }

    /// <summary>Listed, or by its nature: it only throws, or it is the text a record makes for people.</summary>
    private static bool IsCold(CompiledMethod method, IReadOnlySet<string> cold) =>
        cold.Contains(method.Name)
        || cold.Contains(method.Method.DeclaringType!.FullName + ".*")
        || method.Method.IsDefined(typeof(DoesNotReturnAttribute))
        || method.Method.Name is "ToString" or "PrintMembers" or RecordCopy;

    /// <summary>
    /// A value of a type parameter that is boxed for a branch: "is it null", which the just-in-time compiler answers
    /// without boxing. The C# compiler writes it before every call on a type parameter that may be a class.
    /// </summary>
    private static bool IsNullTest(CompiledMethod method, int index) =>
        index + 1 < method.Instructions.Count
        && method.Instructions[index + 1].Code.FlowControl == FlowControl.Cond_Branch
        && method.TypeAt(method.Instructions[index]).IsGenericParameter;

    private static bool IsInexact(Type type) => CompiledCode.Parts(type).Any(Inexact.Contains);

    private static bool IsTask(Type type) =>
        CompiledCode.Parts(type).Any(part => part.Namespace == "System.Threading.Tasks"
            || typeof(IAsyncStateMachine).IsAssignableFrom(part));
}
