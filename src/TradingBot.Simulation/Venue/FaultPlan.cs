using System;
using System.Collections.Generic;
using System.Linq;
using TradingBot.Simulation.Synthetic;

namespace TradingBot.Simulation.Venue;

/// <summary>What can go wrong at the venue or on the way.</summary>
public enum VenueFault : byte
{
    /// <summary>An order is accepted and its acknowledgement is lost.</summary>
    DropReply,

    /// <summary>The acknowledgement of an order comes after its executions so far.</summary>
    ReplyAfterExecutions,

    /// <summary>An execution frame comes twice.</summary>
    RepeatExecutions,

    /// <summary>The private socket closes while an order is under way; whether the order was taken is drawn.</summary>
    ClosePrivate,

    /// <summary>A REST call is answered by a web page, with status 200, and never reached the venue.</summary>
    RestHtml,

    /// <summary>A live stop disappears without a word.</summary>
    LoseStop,

    /// <summary>An order is refused with a given text.</summary>
    RefuseOrder,

    /// <summary>An acknowledgement takes one to ten seconds.</summary>
    DelayReply,

    /// <summary>A book update is lost.</summary>
    DropBookUpdate,

    /// <summary>One symbol of a subscribe request is overlooked: neither answer nor data.</summary>
    LoseSubscribe,

    /// <summary>A subscription is taken and sends, and its acknowledgement is lost.</summary>
    DropAcknowledgement,

    /// <summary>A subscription is acknowledged and never sends.</summary>
    MuteSubscription,

    /// <summary>A symbol that exists is refused: "Currency pair not supported".</summary>
    RefuseSymbol,

    /// <summary>A subscription is acknowledged twice.</summary>
    RepeatAcknowledgement,

    /// <summary>
    /// A public socket stays open and is never heard of again; it strikes when a request reaches the venue.
    /// </summary>
    BlackHole,

    /// <summary>The venue closes a socket, public or private, right after it was opened.</summary>
    CloseOnOpen,

    /// <summary>One digit of a quantity in a book update is wrong; the checksum is that of the right book.</summary>
    WrongDigit,

    /// <summary>A call of the venue's state or schedule is answered by a web page, with status 502.</summary>
    LoseStatus,
}

/// <summary>When faults strike: by seeded chance at each opportunity, or at the next one when armed.</summary>
public sealed class FaultPlan
{
    private const int Million = 1_000_000;

    private static readonly int Kinds = Enum.GetValues<VenueFault>().Length;

    private readonly SplitMix64 _random;
    private readonly int[] _perMillion = new int[Kinds];
    private readonly int[] _armed = new int[Kinds];
    private readonly long[] _count = new long[Kinds];

    public FaultPlan(ulong seed = 0) => _random = new SplitMix64(seed ^ 0xFA17_0000_0000_0001);

    /// <summary>What a refused order is told.</summary>
    public string RefusalText { get; private set; } = "EService:Unavailable";

    /// <summary>How often a fault struck.</summary>
    public long CountOf(VenueFault fault) => _count[(int)fault];

    /// <summary>Sets the chance of a fault at each of its opportunities.</summary>
    public FaultPlan At(VenueFault fault, int perMillion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perMillion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perMillion, Million);
        _perMillion[(int)fault] = perMillion;
        return this;
    }

    /// <summary>The fault strikes at its next opportunity.</summary>
    public void Arm(VenueFault fault) => _armed[(int)fault]++;

    /// <summary>The next order is refused in these words.</summary>
    public void ArmRefusal(string text)
    {
        RefusalText = text;
        Arm(VenueFault.RefuseOrder);
    }

    /// <summary>An opportunity: whether the fault strikes now.</summary>
    internal bool Strikes(VenueFault fault)
    {
        int kind = (int)fault;
        // A draw at every opportunity of a possible fault, so that arming one does not move the others.
        bool drawn = _perMillion[kind] > 0 && _random.Below(Million) < _perMillion[kind];
        if (_armed[kind] > 0) _armed[kind]--;
        else if (!drawn) return false;
        _count[kind]++;
        return true;
    }

    /// <summary>0 ≤ value &lt; bound, for what a fault leaves open.</summary>
    internal int Draw(int bound) => _random.Below(bound);
}

/// <summary>Faults by the names that people write: DropReply is drop-reply.</summary>
public static class FaultNames
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<VenueFault>().Select(Of)];

    public static string Of(VenueFault fault) => string.Concat(fault.ToString().Select((letter, i) =>
        (i > 0 && char.IsUpper(letter) ? "-" : "") + char.ToLowerInvariant(letter)));

    public static bool TryRead(string name, out VenueFault fault)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isName = Enum.TryParse(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out fault);
        return isName && Enum.IsDefined(fault) && !char.IsAsciiDigit(name[0]);
    }
}
