namespace TradingBot.Worker;

/// <summary>What the process says when it ends; the same for every verb.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int UnexpectedFault = 1;

    /// <summary>The command line, or a file it names, cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>The configuration cannot be used; every fault was told.</summary>
    public const int Configuration = 3;

    /// <summary>Something the run depends on cannot be had: a folder, a file, a port.</summary>
    public const int Unreachable = 4;

    /// <summary>A check failed: the input ended in a fault, or is not what it should be.</summary>
    public const int CheckFailed = 5;

    /// <summary>Another process has the data folder, and with it the account: trying again is of no use.</summary>
    public const int Held = 7;

    /// <summary>Stopped by SIGINT before the end.</summary>
    public const int Interrupted = 130;

    /// <summary>A second signal, SIGTERM, cut the clean end short.</summary>
    public const int Terminated = 143;
}
