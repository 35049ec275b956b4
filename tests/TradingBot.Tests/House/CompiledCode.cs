using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace TradingBot.Tests.House;

/// <summary>
/// A compiled method with its instructions, and the members they name resolved to types of the runtime.
/// </summary>
internal sealed class CompiledMethod(MethodBase method)
{
    private readonly Instruction[] _instructions =
        method.GetMethodBody()?.GetILAsByteArray() is byte[] il ? [.. IlReader.Read(il)] : [];

    public MethodBase Method => method;

    public string Name => $"{method.DeclaringType!.FullName}.{method.Name}";

    public IReadOnlyList<Instruction> Instructions => _instructions;

    public IEnumerable<Type> Locals => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [];

    public IEnumerable<Type> Signature => SignatureOf(method);

    /// <summary>Calls, constructions and method pointers, in order.</summary>
    public IEnumerable<(Instruction At, MethodBase Callee)> Calls() =>
        _instructions.Where(i => i.CallsMethod).Select(i => (i, (MethodBase)Resolve(i.Operand)));

    /// <summary>The type an instruction names (<c>box</c>, <c>newarr</c>).</summary>
    public Type TypeAt(Instruction at) => (Type)Resolve(at.Operand);

    public static IEnumerable<Type> SignatureOf(MethodBase method)
    {
        IEnumerable<Type> parameters = method.GetParameters().Select(parameter => parameter.ParameterType);
        return method is MethodInfo function ? parameters.Append(function.ReturnType) : parameters;
    }

    private MemberInfo Resolve(int token)
    {
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method is MethodInfo ? method.GetGenericArguments() : [];
        return method.Module.ResolveMember(token, typeArguments, methodArguments)!;
    }
}

/// <summary>The types and methods of our assemblies as they were compiled.</summary>
internal static class CompiledCode
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Assemblies of src, lowest first.</summary>
    public static readonly string[] Source =
    [
        "TradingBot.Market", "TradingBot.Signals", "TradingBot.Trading", "TradingBot.Kraken", "TradingBot.Storage",
        "TradingBot.Simulation", "tradingbot",
    ];

    public static Assembly Load(string name) => Assembly.Load(name);

    /// <summary>Types of an assembly whose namespace is one of those given, or below it.</summary>
    public static IEnumerable<Type> Types(string assembly, params string[] namespaces) =>
        Load(assembly).GetTypes().Where(type => namespaces.Length == 0 || namespaces.Any(n => IsIn(type, n)));

    public static IEnumerable<CompiledMethod> Methods(IEnumerable<Type> types) => types.SelectMany(MethodsOf);

    public static IEnumerable<FieldInfo> Fields(Type type) => type.GetFields(Declared);

    /// <summary>The types a type is built of: itself, elements, generic arguments.</summary>
    public static IEnumerable<Type> Parts(Type type)
    {
        yield return type;
        if (type.HasElementType)
        {
            foreach (Type part in Parts(type.GetElementType()!)) yield return part;
        }

        foreach (Type argument in type.GetGenericArguments())
        {
            if (argument == type || argument.IsGenericParameter) continue;
            foreach (Type part in Parts(argument)) yield return part;
        }
    }

    private static bool IsIn(Type type, string name) =>
        type.Namespace == name || (type.Namespace?.StartsWith(name + ".", StringComparison.Ordinal) ?? false);

    private static IEnumerable<CompiledMethod> MethodsOf(Type type) =>
        type.GetConstructors(Declared).Cast<MethodBase>().Concat(type.GetMethods(Declared))
            .Select(method => new CompiledMethod(method));
}
