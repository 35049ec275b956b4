using System;
using System.Linq;
using System.Text;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Kraken;

/// <summary>Damaged frames: records and counters, never an exception, and brackets that close.</summary>
public sealed class LaneFuzzTests
{
    private static readonly string[] Frames =
    [
        """{"method":"add_order","req_id":3,"success":true,"result":{"order_id":"V1"},"time_out":"2026-11-22"}""",
        """{"method":"subscribe","req_id":1,"success":false,"error":"ESession:Invalid session"}""",
        """{"channel":"positions","type":"update","data":{"futures":[{"symbol":"PF_XBTUSD","size":0.05}]}}""",
        """
        {"channel":"executions","type":"update","sequence":2,"data":[{"order_id":"V1","symbol":"PF_XBTUSD","side":"buy",
        "order_type":"limit","exec_type":"trade","exec_id":"T\u0031","last_price":59900,"last_qty":"2e-2",
        "triggers":{"price":58800},"reason":"caf\u00e9","timestamp":"2026-11-22T12:00:00.123456Z"}]}
        """,
        LaneBench.NoOrders, LaneBench.NoPositions,
    ];

    private static readonly byte[][] Pieces =
        [.. new[] { "\\ud800", "\"", "{", "}", "[", "]", "null", "-1", "1e999999999", "1e400", ",", ":", "\\", "\0" }
            .Select(Encoding.UTF8.GetBytes), [0xFF], [0xC3, 0x28]];

    [Fact]
    public void Damaged_frames_never_throw_and_looks_are_closed_before_others_open()
    {
        Random random = Seed.Random(77, "damaged frames");
        int runs = Seed.Count(ci: 400, full: 20_000);
        long malformed = 0;
        for (int run = 0; run < runs; run++)
        {
            LaneBench bench = LaneBench.Up();
            bench.Submit(bench.Place());
            for (int i = 0; i < 20; i++)
            {
                bench.FrameBytes(Damaged(random));
                bench.Pass(random.Next(2) * LaneBench.Second);
            }

            bench.Disconnect();
            malformed += bench.Lane.Counters.Malformed;
            int depth = 0;
            foreach (AccountEventKind kind in bench.Kinds)
            {
                if (kind == AccountEventKind.SnapshotBegin) depth++;
                if (kind == AccountEventKind.SnapshotEnd) depth--;
                Assert.InRange(depth, 0, 1);
            }

            Assert.Equal(0, depth);
        }

        Assert.InRange(malformed, runs, (runs * 20) - runs);
    }

    private static byte[] Damaged(Random random)
    {
        byte[] frame = Encoding.UTF8.GetBytes(Frames[random.Next(Frames.Length)]);
        int damages = random.Next(3);
        for (int i = 0; i < damages; i++)
        {
            byte[] piece = Pieces[random.Next(Pieces.Length)];
            int at = random.Next(frame.Length);
            int cut = random.Next(2) == 0 ? 0 : Math.Min(piece.Length, frame.Length - at);
            frame = [.. frame[..at], .. piece, .. frame[(at + cut)..]];
        }

        return random.Next(20) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }
}
