using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Market.Values;
using TradingBot.Simulation.Synthetic;
using TradingBot.Simulation.Venue;
using TradingBot.Tests.Circle;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using TradingBot.Worker;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Circle;
using Xunit;

namespace TradingBot.Tests.Capture;

/// <summary>The whole worker on a recorded market, its account on paper.</summary>
public sealed class CapturedDayTests
{
    private const string Symbol = "PF_XBTUSD";
    private static readonly string Demo = Repository.TestData("captures", "demo-spot-v2.jsonl.gz");

    [Fact]
    public void The_workers_book_is_the_recorded_one_at_every_checksum_of_the_demo_capture_I6()
    {
        using CapturedDay day = Open([Demo]);
        day.Run(watch: null, TestContext.Current.CancellationToken);
        Assert.True(day.Market.IsOver);
        Assert.Null(day.Market.Fault);
        Assert.True(day.Compared > 10_000, $"{day.Compared} comparisons");
        Assert.Equal((0, 0), (day.Differing, day.Worker.Wire.Errors));
        // What the recording has, the worker verified: but for the moments in which either was out of step.
        Assert.InRange(Verified(day.Worker), day.Compared, day.Market.FramesPlayed);
    }

    [Fact]
    public void A_book_that_is_not_the_recorded_one_is_counted()
    {
        using CapturedDay day = Open([Demo]);
        int looks = 0;
        day.Run(
            () =>
            {
                // The worker's own book, bent behind its back.
                if (++looks != 2_000) return false;
                int id = day.Worker.IdOf("BTC/USD");
                Market.Book.OrderBook book = day.Worker.Engine.Books.BookOf(id)!.Book!;
                book.Bids.Apply(book.Bids.PriceAt(0), book.Bids.QuantityAt(0) + 1);
                return false;
            },
            TestContext.Current.CancellationToken);
        Assert.True(day.Differing > 0 || day.Worker.Resyncs > 0, "nobody noticed");
    }

    [Theory]
    [InlineData("spot-ws-v2/v2_crossbook_btcusd_l2.jsonl.gz")]
    [InlineData("spot-ws-v2/v2_crossbook_ethusd_sample.jsonl.gz")]
    [InlineData("spot-ws-v2/v2_python_kraken_sdk_btcusd_reserialised.jsonl.gz")]
    public void Of_a_real_capture_too(string file)
    {
        using CapturedDay day = Open([Repository.Shared(["data", .. file.Split('/')])]);
        day.Run(watch: null, TestContext.Current.CancellationToken);
        Assert.True(day.Compared > 300, $"{day.Compared} comparisons");
        Assert.Equal(0, day.Differing);
    }

    [Fact]
    public void An_order_joins_the_recorded_flow_and_has_its_stop_I1()
    {
        string folder = Directory.CreateTempSubdirectory("captured").FullName;
        try
        {
            string file = Path.Combine(folder, "unified.jsonl");
            SyntheticOptions made = new() { Dialect = Dialect.Unified, Faults = false, DurationUs = 90_000_000 };
            using (FileStream stream = File.Create(file)) SyntheticCapture.Write(stream, made);
            (long Position, ulong Commands, long Compared) first = Trade(file);
            Assert.Equal(Circles.Quantity, first.Position);
            Assert.Equal(first, Trade(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_verb_plays_it_and_refuses_what_means_nothing_then()
    {
        (int code, string output, string error) = await Verb.RunAsync("simulate", "--capture", Demo, "--json");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("books_compared").GetInt64() > 10_000);
        Assert.Equal(0, json.RootElement.GetProperty("books_differing").GetInt64());
        (code, _, error) = await Verb.RunAsync("simulate", "--capture", Demo, "--hours", "2");
        Assert.NotEqual(ExitCode.Ok, code);
        Assert.Contains("--hours means nothing with --capture", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("simulate", "--capture", "no-such-file");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("no-such-file", error, StringComparison.Ordinal);
    }

    /// <summary>Buys after ten seconds of the recording; what is held at its end.</summary>
    private static (long Position, ulong Commands, long Compared) Trade(string file)
    {
        using CapturedDay day = Open([file]);
        bool entered = false;
        long naked = 0;
        day.Run(
            () =>
            {
                naked = Math.Max(naked, day.Paper.Oracle.UnprotectedLongestNs(Symbol));
                bool ready = day.Worker.Protection.Ready && day.NowNs - day.Market.StartNs > 10_000_000_000;
                if (entered || !ready) return false;
                entered = true;
                long price = day.Paper.Oracle.LastPrice(Symbol);
                (int priceDecimals, _) = day.Paper.Oracle.DecimalsOf(Symbol);
                string refusal = day.Worker.Operate(
                    new AccountRecord
                    {
                        Kind = AccountEventKind.Enter,
                        InstrumentId = day.Worker.IdOf(Symbol),
                        Side = Side.Buy,
                        Quantity = Circles.Quantity,
                        QuantityDecimals = 4,
                        Price = price * 101 / 100,
                        TriggerPrice = price * 95 / 100,
                        PriceDecimals = (byte)priceDecimals,
                    },
                    day.NowNs);
                Assert.Equal("", refusal);
                return false;
            },
            TestContext.Current.CancellationToken);
        Assert.True(entered, "the worker was never ready");
        Assert.Equal(0, day.Differing);
        Assert.True(naked < 1_000_000_000, $"{naked} ns without a stop");
        OracleOrder stop = Assert.Single(
            day.Paper.Oracle.LiveOrders, order => order.Symbol == Symbol && order.Type == VenueOrderType.StopLoss);
        long position = day.Paper.Oracle.PositionLots(Symbol);
        Assert.Equal((position, true), (stop.Lots, stop.ReduceOnly));
        (_, int quantityDecimals) = day.Paper.Oracle.DecimalsOf(Symbol);
        return (position / Pow10.Of(quantityDecimals - 4), day.Worker.CommandHash, day.Compared);
    }

    private static CapturedDay Open(IReadOnlyList<string> files)
    {
        CircleOptions options = new() { Limits = Circles.OperatorOnly };
        CapturedDay? day = CapturedDay.Open(files, options, TestContext.Current.CancellationToken, out string fault);
        Assert.Equal("", fault);
        return day!;
    }

    private static long Verified(CircleWorker worker) => Enumerable.Range(0, worker.Symbols.Count)
        .Sum(id => worker.Engine.Books.BookOf(id)?.ChecksumsVerified ?? 0);
}
