using System.CommandLine;
using TradingBot.Worker.Commands;

RootCommand root = new("TradingBot: a headless Kraken worker. Today it replays captured feeds; it cannot trade yet.")
{
    ReplayCommand.Build(),
    DemoCaptureCommand.Build(),
    SimulateCommand.Build(),
};
return root.Parse(args).Invoke();
