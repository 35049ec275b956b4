using System.Threading.Tasks;
using TradingBot.Simulation.Venue;

namespace TradingBot.Simulation.Loopback;

/// <summary>What reaches the venue's thread from outside.</summary>
internal abstract record Arrival;

internal sealed record SocketOpened(LoopbackSocket Socket) : Arrival;

/// <summary>One text message, its fragments joined.</summary>
internal sealed record FrameSent(LoopbackSocket Socket, byte[] Frame) : Arrival;

/// <summary>The client hung up, or is gone.</summary>
internal sealed record SocketClosed(LoopbackSocket Socket) : Arrival;

internal sealed record CallMade(RestRequest Request, TaskCompletionSource<RestAnswer> Answer) : Arrival;
