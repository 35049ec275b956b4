using System.CommandLine;
using TradingBot.Worker.Commands;

RootCommand root = new(
    "TradingBot: a headless Kraken worker. It replays captured feeds and trades on a simulated Kraken; "
    + "of the real one it hears the public feed, and sends it no order.")
{
    ReplayCommand.Build(),
    DemoCaptureCommand.Build(),
    SimulateCommand.Build(),
    RunCommand.Build(),
    LiveCommand.Build(),
    RecordCommand.Build(),
    CaptureCommand.Build(),
    ServeCommand.Build(),
    ConfigCommand.Build(),
    DoctorCommand.Build(),
    WatchdogCommand.Build(),
    ProbeCommand.Build(),
    HaltCommand.BuildHalt(),
    HaltCommand.BuildResume(),
    FlattenCommand.Build(),
    ReconcileCommand.Build(),
    MigrateCommand.Build(),
    ImportCommand.Build(),
    RebuildCommand.Build(),
    ExportCommand.Build(),
    UniverseCommand.Build(),
    BackfillCommand.Build(),
    DataCommand.Build(),
};
// Signals are the verbs' own affair: the library would end a run that is still writing, two seconds after the first.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = null };
return await root.Parse(args).InvokeAsync(invocation).ConfigureAwait(false);
