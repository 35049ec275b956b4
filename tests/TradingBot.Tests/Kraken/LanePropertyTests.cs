using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using TradingBot.Kraken.Orders;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Random commands, answers, silences and lost connections: what must hold whatever their order.</summary>
public sealed class LanePropertyTests
{
    private static readonly string[] Errors =
    [
        "EOrder:Insufficient funds", "EOrder:Unknown order", "EService:Unavailable", "EOrder:Tomorrow's words",
        "EService:Deadline elapsed", "ESession:Invalid session",
    ];

    [Fact]
    public void Every_command_has_one_first_outcome_and_no_order_two_unanswered_mutations_on_the_wire()
    {
        Random random = Seed.Random(20261124, "order lane");
        int runs = Seed.Count(ci: 150, full: 5_000);
        Tally tally = new();
        for (int run = 0; run < runs; run++) new Conversation(random, tally).Run();

        // The campaign has seen what it is about.
        Assert.True(tally.Commands > runs * 10);
        long[] seen = [tally.Accepted, tally.Refused, tally.Unknown, tally.Late, tally.Waited];
        Assert.All(seen, count => Assert.True(count > runs / 10));
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes()
    {
        static string[] Bytes()
        {
            Conversation conversation = new(new Random(5), new Tally());
            conversation.Run();
            return [.. conversation.Wire];
        }

        Assert.Equal(Bytes(), Bytes());
        Assert.True(Bytes().Length > 10);
    }

    private sealed class Tally
    {
        public int Commands;
        public int Accepted;
        public int Refused;
        public int Unknown;
        public int Late;
        public long Waited;
    }

    private sealed class Conversation(Random random, Tally tally)
    {
        /// <summary>With a budget that never binds: what it does has tests of its own.</summary>
        private readonly LaneBench _bench = LaneBench.Up(new LaneOptions { TokensMax = 20_000 });
        private readonly List<OrderCommand> _placed = [];
        private readonly List<JsonObject> _unanswered = [];

        /// <summary>Mutations of our id on the wire whose outcome was not told yet: at most one.</summary>
        private readonly Dictionary<ClientOrderId, int> _onWire = [];

        /// <summary>Commands submitted whose first outcome was not told yet, by id and kind.</summary>
        private readonly Dictionary<(ClientOrderId, CommandKind), int> _open = [];

        /// <summary>Outcomes told as Unknown: so many late answers may follow.</summary>
        private readonly Dictionary<(ClientOrderId, CommandKind), int> _unknown = [];

        public List<string> Wire { get; } = [];

        public void Run()
        {
            for (int step = 0; step < 120; step++)
            {
                Step();
                Check();
            }

            _bench.Disconnect();
            Check();
            Assert.All(_open, entry => Assert.Equal(0, entry.Value));
            tally.Waited += _bench.Lane.Counters.Waited;
        }

        private void Step()
        {
            switch (random.Next(12))
            {
                case 0 or 1 or 2: Submit(NewPlace()); break;
                case 3 or 4 when _placed.Count > 0: Submit(LaneBench.Amend(AnyPlaced(), random.Next(1, 99))); break;
                case 5 when _placed.Count > 0: Submit(LaneBench.Cancel(AnyPlaced())); break;
                case 6 or 7 or 8 when _unanswered.Count > 0: Answer(); break;
                case 9: _bench.Pass(random.Next(1, 4) * LaneBench.Second); break;
                case 10 when random.Next(10) == 0: _bench.Disconnect(); break;
                default: Recover(); break;
            }
        }

        private OrderCommand AnyPlaced() => _placed[random.Next(Math.Max(0, _placed.Count - 3), _placed.Count)];

        private OrderCommand NewPlace()
        {
            _placed.Add(_bench.Place());
            return _placed[^1];
        }

        private void Submit(OrderCommand command)
        {
            (ClientOrderId, CommandKind) key = (command.Id, command.Kind);
            _open[key] = _open.GetValueOrDefault(key) + 1;
            tally.Commands++;
            _bench.Submit(command);
        }

        private void Answer()
        {
            int index = random.Next(_unanswered.Count);
            JsonObject request = _unanswered[index];
            // Now and then an answer comes twice.
            if (random.Next(8) > 0) _unanswered.RemoveAt(index);
            bool isNo = random.Next(3) == 0;
            long resent = _bench.Lane.Counters.Resent;
            _bench.Answer(request, isNo ? Errors[random.Next(Errors.Length)] : null, isNo ? null : $"V{index}");
            // The venue did not take its token: it goes again, and the first is off the wire.
            if (_bench.Lane.Counters.Resent > resent) _onWire[IdOf(request)!.Value]--;
        }

        private void Recover()
        {
            if (!_bench.Lane.WantsToken && _bench.Lane.IsUp) return;
            _bench.Connect();
            _unanswered.Clear();
            _bench.Token();
            _bench.Token("SPARE");
            _bench.Frame(LaneBench.NoOrders);
            _bench.Frame(LaneBench.NoPositions);
        }

        /// <summary>Records first: an answer frees an order before its next mutation is sent.</summary>
        private void Check()
        {
            foreach (AccountRecord record in _bench.Told.Where(told => told.Command != CommandKind.None)) Take(record);
            foreach (JsonObject frame in _bench.Sent) Take(frame);
            Assert.All(_onWire, entry => Assert.InRange(entry.Value, 0, 1));
            _bench.Forget();
        }

        private void Take(AccountRecord record)
        {
            (ClientOrderId, CommandKind) key = (record.Id, record.Command);
            if (record.Late)
            {
                tally.Late++;
                _unknown[key]--;
                Assert.True(_unknown[key] >= 0, "a late answer without an unknown outcome");
                return;
            }

            _open[key]--;
            Assert.True(_open[key] >= 0, "a second first outcome");
            // Refused unsent or answered: what was on the wire of this order, if anything, is told of here.
            bool wasSent = record.Reason != VenueReason.VenueMode || record.Kind == AccountEventKind.Unknown;
            if (wasSent) _onWire[record.Id] = _onWire.GetValueOrDefault(record.Id) - 1;
            if (record.Kind == AccountEventKind.Accepted) tally.Accepted++;
            if (record.Kind == AccountEventKind.Refused) tally.Refused++;
            if (record.Kind != AccountEventKind.Unknown) return;
            tally.Unknown++;
            _unknown[key] = _unknown.GetValueOrDefault(key) + 1;
        }

        private static ClientOrderId? IdOf(JsonObject frame)
        {
            JsonNode? named = frame["params"]!["cl_ord_id"];
            if (named is null) return null;
            string text = named is JsonArray list ? (string)list[0]! : (string)named!;
            Assert.True(ClientOrderId.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out ClientOrderId id));
            return id;
        }

        private void Take(JsonObject frame)
        {
            Wire.Add(frame.ToJsonString());
            if (IdOf(frame) is not { } id) return;
            _onWire[id] = _onWire.GetValueOrDefault(id) + 1;
            _unanswered.Add(frame);
        }
    }
}
