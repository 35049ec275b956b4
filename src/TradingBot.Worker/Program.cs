using System.CommandLine;
using TradingBot.Worker.Commands;

RootCommand root = new(
    "TradingBot: a headless Kraken worker. It replays captured feeds and trades on a simulated Kraken; "
    + "it does not connect to the real one yet.")
{
    ReplayCommand.Build(),
    DemoCaptureCommand.Build(),
    SimulateCommand.Build(),
    RunCommand.Build(),
    ConfigCommand.Build(),
    MigrateCommand.Build(),
    UniverseCommand.Build(),
    BackfillCommand.Build(),
    DataCommand.Build(),
};

// Signals are the verbs' own (Commands/Interruption.cs). The parser's handler would hold them back for two seconds,
// waiting for a verb that has not been told, and then end the process under it.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = null };
return await root.Parse(args).InvokeAsync(invocation).ConfigureAwait(false);
