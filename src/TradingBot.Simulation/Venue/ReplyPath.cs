using System;

namespace TradingBot.Simulation.Venue;

/// <summary>How answers of a private socket leave: at once, behind the executions, late, or never.</summary>
internal sealed class ReplyPath(Postbox post, FaultPlan faults)
{
    private const long SecondNs = 1_000_000_000;

    private readonly ReplyFrames _replies = new();

    public void Send(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs) =>
        post.Post(connection, VenueStream.Replies, frame, nowNs);

    public void Refuse(VenueConnection connection, VenueRequest request, string error, long nowNs) =>
        Send(connection, _replies.Refusal(request, error, nowNs), nowNs);

    /// <summary>The answer to an order that was taken: here is where its acknowledgement may be lost.</summary>
    public void Placed(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs)
    {
        if (faults.Strikes(VenueFault.DropReply)) return;
        long heldUntilNs = 0;
        if (faults.Strikes(VenueFault.ReplyAfterExecutions))
        {
            heldUntilNs = connection.LastDueNs[(int)VenueStream.Executions] + 1;
        }

        if (faults.Strikes(VenueFault.DelayReply)) heldUntilNs = nowNs + SecondNs + (faults.Draw(9_000) * 1_000_000L);
        post.Post(connection, VenueStream.Replies, frame, nowNs, heldUntilNs);
    }

    /// <summary>A frame of executions, and once more where the fault is.</summary>
    public void Execution(VenueConnection connection, ReadOnlySpan<byte> frame, long nowNs)
    {
        post.Post(connection, VenueStream.Executions, frame, nowNs);
        if (faults.Strikes(VenueFault.RepeatExecutions)) post.Post(connection, VenueStream.Executions, frame, nowNs);
    }
}
