// In:     what operators ask, from any thread.   Out: the same as inputs of the worker, and its answer.
// Thread: asked from any; served by the worker's, between two of its steps.
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using TradingBot.Trading.Orders;
using TradingBot.Worker.Circle;

namespace TradingBot.Worker.Operator;

/// <summary>What an operator may ask of a worker that runs.</summary>
internal enum OperatorDo : byte
{
    Halt = 0,
    Resume = 1,

    /// <summary>What Flatten would close; nothing is done.</summary>
    FlattenPlan = 2,

    /// <summary>Entries halt, then every position is closed.</summary>
    Flatten = 3,
}

/// <summary>One question.</summary>
/// <param name="Do">What is wanted.</param>
/// <param name="Why">The operator's words.</param>
/// <param name="Account">Of flatten: the account's id, as the operator typed it.</param>
internal sealed record OperatorAsk(OperatorDo Do, string Why, string Account = "");

/// <summary>What the worker answers to an operator.</summary>
/// <param name="Refusal">Why it was not done as wanted; empty when it was.</param>
/// <param name="Halt">The halt in effect now; null when entries are let in.</param>
/// <param name="Positions">Of flatten: what is open, as it is closed; null where nobody asked.</param>
internal sealed record OperatorAnswer(string Refusal, HaltLatch? Halt, IReadOnlyList<string>? Positions = null);

/// <summary>What operators want of a worker that runs.</summary>
internal sealed class OperatorInbox
{
    private readonly ConcurrentQueue<Request> _waiting = new();

    /// <summary>Asks; the answer comes with the worker's next step.</summary>
    /// <param name="ask">What is wanted.</param>
    /// <param name="stop">Ends the waiting, not the act.</param>
    public Task<OperatorAnswer> AskAsync(OperatorAsk ask, CancellationToken stop)
    {
        Request request = new(ask);
        _waiting.Enqueue(request);
        return request.Answer.Task.WaitAsync(stop);
    }

    /// <summary>Tells the worker what waits, and answers.</summary>
    public void Serve(CircleWorker worker, long nowNs)
    {
        while (_waiting.TryDequeue(out Request? request)) request.Answer.SetResult(Do(worker, request.Ask, nowNs));
    }

    private static OperatorAnswer Do(CircleWorker worker, OperatorAsk ask, long nowNs)
    {
        if (ask.Do is OperatorDo.Flatten or OperatorDo.FlattenPlan)
        {
            string refused = worker.Flatten(ask.Account, ask.Do == OperatorDo.Flatten, ask.Why, nowNs, out var open);
            return new OperatorAnswer(refused, worker.Halt, open);
        }

        AccountRecord act = new()
        {
            Kind = ask.Do == OperatorDo.Halt ? AccountEventKind.Halt : AccountEventKind.Resume,
            InstrumentId = -1,
        };
        string refusal = worker.Operate(in act, nowNs, ask.Why);
        return new OperatorAnswer(refusal, worker.Halt);
    }

    private sealed record Request(OperatorAsk Ask)
    {
        public TaskCompletionSource<OperatorAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
