// In:     halts and resumes from any thread.   Out: the same as inputs of the worker, and its answer.
// Thread: asked from any; served by the worker's, between two of its steps.
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Operator;

/// <summary>What the worker answers to an operator.</summary>
/// <param name="Refusal">Why it was not done as wanted; empty when it was.</param>
/// <param name="Halt">The halt in effect now; null when entries are let in.</param>
internal sealed record OperatorAnswer(string Refusal, HaltLatch? Halt);

/// <summary>What operators want of a worker that runs.</summary>
internal sealed class OperatorInbox
{
    private readonly ConcurrentQueue<Request> _waiting = new();

    /// <summary>Asks; the answer comes with the worker's next step.</summary>
    /// <param name="halts">Halt, else resume.</param>
    /// <param name="why">The operator's words.</param>
    /// <param name="stop">Ends the waiting, not the act.</param>
    public Task<OperatorAnswer> AskAsync(bool halts, string why, CancellationToken stop)
    {
        Request request = new(halts, why);
        _waiting.Enqueue(request);
        return request.Answer.Task.WaitAsync(stop);
    }

    /// <summary>Tells the worker what waits, and answers.</summary>
    public void Serve(CircleWorker worker, long nowNs)
    {
        while (_waiting.TryDequeue(out Request? request))
        {
            AccountRecord act = new()
            {
                Kind = request.Halts ? AccountEventKind.Halt : AccountEventKind.Resume,
                InstrumentId = -1,
            };
            string refusal = worker.Operate(in act, nowNs, request.Why);
            request.Answer.SetResult(new OperatorAnswer(refusal, worker.Halt));
        }
    }

    private sealed record Request(bool Halts, string Why)
    {
        public TaskCompletionSource<OperatorAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
