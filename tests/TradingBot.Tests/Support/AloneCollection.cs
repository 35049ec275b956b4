using Xunit;

namespace TradingBot.Tests.Support;

/// <summary>Tests that count what belongs to the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
