using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace guard;

/// <summary>Switches that take instructions away from the compiler.</summary>
internal static class InstructionSets
{
    /// <summary>The switches that are set, <c>DOTNET_EnableAVX2=0</c> and its like; empty in the default run.</summary>
    public static IReadOnlyList<string> Switched(IDictionary environment) =>
        [.. environment.Keys.Cast<string>().Where(IsSwitch).Order()];

    private static bool IsSwitch(string name) =>
        name.StartsWith("DOTNET_Enable", System.StringComparison.Ordinal)
        && !name.StartsWith("DOTNET_EnableDiagnostics", System.StringComparison.Ordinal)
        && !name.StartsWith("DOTNET_EnableEvent", System.StringComparison.Ordinal);
}
