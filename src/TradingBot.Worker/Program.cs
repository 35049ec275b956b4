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
};
// A run ends in its own time, with its report. The library would give it two seconds and then break it off.
InvocationConfiguration patient = new() { ProcessTerminationTimeout = null };
return await root.Parse(args).InvokeAsync(patient).ConfigureAwait(false);
