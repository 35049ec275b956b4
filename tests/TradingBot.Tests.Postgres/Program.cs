using System.Linq;
using System.Threading.Tasks;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace TradingBot.Tests.Postgres;

/// <summary>The tests, or, asked by them, a process of its own that they kill.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        if (args.Length > 0 && args[0] == Victim.Verb) return Task.FromResult(Victim.Run(args[1..]));
        bool platform = args.Any(arg => arg is "--server" or "--internal-msbuild-node");
        return platform
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(args);
    }
}
