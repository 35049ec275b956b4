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
    RecordCommand.Build(),
    CaptureCommand.Build(),
    ServeCommand.Build(),
    ConfigCommand.Build(),
    MigrateCommand.Build(),
};
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
