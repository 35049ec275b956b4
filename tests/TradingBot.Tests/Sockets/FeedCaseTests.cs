using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using TradingBot.Kraken.Feed;
using TradingBot.Market.Book;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Book;
using TradingBot.Tests.Capture;
using TradingBot.Tests.Support;
using TradingBot.Worker.Capture;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Sockets;

/// <summary>What a venue may do to a feed, over a real socket, and what the feed makes of it: docs/feed.md.</summary>
/// <remarks>The feed's times run eight times as fast as real ones.</remarks>
public sealed partial class FeedCaseTests : IAsyncDisposable
{
    private const string Hurt = "BTC/USD";
    private const string Other = "ETH/USD";

    private readonly Recordings _recordings = new();
    private readonly HurriedTime _time = new(8);
    private readonly ScriptedVenue _venue;
    private readonly long _begin;

    public FeedCaseTests()
    {
        _venue = new ScriptedVenue(_time);
        _begin = _time.GetTimestamp();
    }

    private string Folder => Path.Combine(_recordings.Folder, "recording");

    public async ValueTask DisposeAsync()
    {
        await _venue.DisposeAsync();
        _recordings.Dispose();
    }

    [Fact]
    public async Task A_wrong_checksum_makes_that_book_stale_and_brings_a_new_snapshot_of_it_alone()
    {
        FeedRecording seen = await RunAsync(
            (() => SayAsync(WithChecksum(_venue.Update(Hurt), "1")), feed => IsHealed(feed)));
        AssertHurtAlone(seen, "checksum");
        Assert.Equal((1L, 0L), (BookOf(seen, Hurt).ChecksumMismatches, BookOf(seen, Hurt).Crossed));
    }

    [Fact]
    public async Task A_crossed_book_whose_checksum_is_right_is_not_believed_and_asked_for_again_alone()
    {
        uint checksum = BookFeed.ChecksumOf([(1002, 5)], [(1001, 5)]);
        string crossed = "{\"channel\":\"book\",\"type\":\"snapshot\",\"data\":[{\"symbol\":\"" + Hurt
            + "\",\"bids\":[{\"price\":100.2,\"qty\":0.00000005}],\"asks\":[{\"price\":100.1,\"qty\":0.00000005}],"
            + $"\"checksum\":{checksum},\"timestamp\":\"2026-11-28T10:00:00.000000Z\"}}]}}";
        FeedRecording seen = await RunAsync((() => SayAsync(crossed), feed => IsHealed(feed, snapshots: 3)));
        AssertHurtAlone(seen, "crossed");
        Assert.Equal((0L, 1L), (BookOf(seen, Hurt).ChecksumMismatches, BookOf(seen, Hurt).Crossed));
    }

    [Fact]
    public async Task A_snapshot_that_nobody_asked_for_replaces_the_book_and_nothing_is_asked_for()
    {
        FeedRecording seen = await RunAsync(
            (() => SayAsync(_venue.Update(Hurt)), feed => BookOf(feed, Hurt).Updates == 1),
            // Two changes that are never told, and then a snapshot that holds them.
            (() => Skip(2, () => SayAsync(_venue.Snapshot(Hurt))), feed => BookOf(feed, Hurt).Snapshots == 2),
            (() => SayAsync(_venue.Update(Hurt)), feed => BookOf(feed, Hurt).Updates == 2));
        Assert.Equal((BookState.InSync, 0L), (BookOf(seen, Hurt).State, BookOf(seen, Hurt).StaleIntervals));
        Assert.Equal(3, _venue.Requests.Count);
    }

    [Fact]
    public async Task A_channel_nobody_knows_is_counted_by_its_name_and_kept_and_changes_nothing()
    {
        FeedRecording seen = await RunAsync(
            (() => SayAsync("{\"channel\":\"weather\",\"type\":\"update\",\"data\":[{\"symbol\":\"BTC/USD\"}]}"),
                feed => feed.Counters.UnknownChannels.Total == 1),
            (() => SayAsync(_venue.Update(Hurt)), feed => BookOf(feed, Hurt).Updates == 1));
        AssertCalm(seen);
        Assert.Contains(
            Recordings.Read(Folder, out _), record => record.Payload.Contains("weather", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8 << 20)]
    [InlineData(0)]
    public async Task A_frame_of_8_MiB_or_a_fragment_without_end_costs_the_socket_and_all_comes_back(int length)
    {
        byte[] bytes = length > 0 ? ServerFrame.Of(ServerFrame.Text, new byte[length])
            : [.. ServerFrame.Of(ServerFrame.Text, "{"u8, fin: false), .. Enumerable.Repeat(
                ServerFrame.Of(ServerFrame.Continuation, new byte[60_000], fin: false), 80).SelectMany(one => one)];
        FeedRecording seen = await RunAsync(
            (() => _ = IgnoreAsync(_venue.SayAsync(bytes)), feed => feed.Reconnects == 1 && IsWhole(feed)));
        JsonElement lost = Assert.Single(Recordings.Rows(Folder, "disconnect"));
        Assert.Contains("a message of more than", lost.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 0), (seen.Reconnects, seen.Counters.Errors));
        Assert.Equal(BookState.InSync, BookOf(seen, Hurt).State);
    }

    [Fact]
    public async Task A_message_in_fragments_of_one_byte_is_a_message()
    {
        byte[] message = Encoding.UTF8.GetBytes(_venue.Update(Hurt));
        List<byte> fragments = [];
        for (int i = 0; i < message.Length; i++)
        {
            fragments.AddRange(ServerFrame.Of(
                i == 0 ? ServerFrame.Text : ServerFrame.Continuation, message.AsSpan(i, 1), i == message.Length - 1));
        }

        // Of a book that has not heard of it: the venue's own stands one update later.
        FeedRecording seen = await RunAsync(
            (() => SayAsync(fragments.ToArray()), feed => BookOf(feed, Hurt).Updates == 1));
        AssertCalm(seen);
    }

    [Fact]
    public async Task A_channel_that_is_acknowledged_and_silent_is_asked_for_again_until_it_speaks_and_books_go_on()
    {
        foreach (string symbol in (string[])[Hurt, Other]) _venue.Silent[("trade", symbol)] = true;
        FeedRecording seen = await RunAsync(
            (() => { }, feed => feed.Confirmed == 3 && Resubscribes(feed) >= 4),
            (_venue.Silent.Clear, IsWhole));
        Assert.Equal((0, BookState.InSync, BookState.InSync), (
            seen.Reconnects, BookOf(seen, Hurt).State, BookOf(seen, Other).State));
        Assert.Single(_venue.Requests, request => request.StartsWith("subscribe book", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_symbol_that_goes_mute_is_asked_for_again_alone_while_the_others_speak()
    {
        // One update of each book in a second is what the feed learns its habits from.
        int said = 0;
        bool isMute = false;
        void Speak()
        {
            if (_time.GetElapsedTime(_begin) < TimeSpan.FromSeconds(said)) return;
            said++;
            if (!isMute) SayAsync(_venue.Update(Hurt));
            SayAsync(_venue.Update(Other));
        }

        bool IsLearned(FeedRecording feed)
        {
            Speak();
            return said == 60;
        }

        bool IsNoticed(FeedRecording feed)
        {
            Speak();
            return Silences(feed) > 0 && IsWhole(feed) && BookOf(feed, Hurt).Snapshots == 2;
        }

        FeedRecording seen = await RunAsync((() => { }, IsLearned), (() => isMute = true, IsNoticed));
        Assert.Equal((1L, 0), (Silences(seen), seen.Reconnects));
        Assert.Equal(1, BookOf(seen, Other).Snapshots);
        Assert.Equal(
            [$"unsubscribe book {Hurt}", $"subscribe book {Hurt}"], _venue.Requests.Skip(3));
    }

    [Fact]
    public async Task A_refused_symbol_rests_with_its_reason_and_the_others_go_on()
    {
        _venue.Refused[Hurt] = true;
        FeedRecording seen = await RunAsync(
            (() => { }, feed => feed.Confirmed == 3 && Refused(feed).Length == 2),
            (() => SayAsync(_venue.Update(Other)), feed => BookOf(feed, Other).Updates == 1));
        Assert.All(Refused(seen), refused => Assert.Equal(
            (Hurt, $"Currency pair not supported {Hurt}"), (refused.Symbol, refused.Reason)));
        Assert.Equal((0, BookState.InSync), (seen.Reconnects, BookOf(seen, Other).State));
    }

    private void SayAsync(string text) => _ = IgnoreAsync(_venue.SayAsync(text));

    private void SayAsync(byte[] bytes) => _ = IgnoreAsync(_venue.SayAsync(bytes));

    private void Skip(int updates, Action then)
    {
        for (int i = 0; i < updates; i++) _ = _venue.Update(Hurt);
        then();
    }

    private static async Task IgnoreAsync(Task saying)
    {
        try
        {
            await saying;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The feed hung up before all was said.
        }
    }

    /// <summary>Until all is confirmed, then each step: the venue acts, and the feed comes to a state.</summary>
    private async Task<FeedRecording> RunAsync(params (Action Act, Func<FeedRecording, bool> Until)[] steps)
    {
        RecordingOptions options = new()
        {
            Symbols = [Hurt, Other],
            Addresses = VenueSettings.Kraken with { SpotPublic = _venue.Url },
            StepEvery = TimeSpan.FromMilliseconds(2.5),
        };
        int next = _venue.Silent.IsEmpty && _venue.Refused.IsEmpty ? -1 : 0;
        if (next == 0) steps[0].Act();
        CaptureClock clock = new(_time);
        (FeedRecording seen, FeedCapture capture) = await RecordedFeedTests.RecordAsync(
            options, Folder,
            feed =>
            {
                bool isThere = next < 0 ? IsWhole(feed) : steps[next].Until(feed);
                if (!isThere) return false;
                if (++next == steps.Length) return true;
                steps[next].Act();
                return false;
            },
            kept: null, clock);
        Assert.Equal((0, (string?)null), (capture.RecordsLost, capture.Fault));
        RecordedFeedTests.AssertReplays(seen.Engine, Folder);
        return seen;
    }

    private static bool IsWhole(FeedRecording feed) => feed.Confirmed == feed.Wanted;

    /// <summary>The hurt book has a new snapshot and is believed, and nothing is missing.</summary>
    private static bool IsHealed(FeedRecording feed, int snapshots = 2) => IsWhole(feed)
        && BookOf(feed, Hurt) is { State: BookState.InSync } book && book.Snapshots == snapshots;

    private void AssertHurtAlone(FeedRecording seen, string reason)
    {
        Assert.Equal(
            [$"unsubscribe book {Hurt}", $"subscribe book {Hurt}"], _venue.Requests.Skip(3));
        Assert.Equal((1, 0L, 0), (BookOf(seen, Other).Snapshots, BookOf(seen, Other).StaleIntervals, seen.Reconnects));
        JsonElement stale = Assert.Single(Recordings.Rows(Folder, "stale"));
        Assert.Equal((Hurt, reason), (
            stale.GetProperty("symbol").GetString(), stale.GetProperty("reason").GetString()));
        Assert.Single(Recordings.Rows(Folder, "in_sync"));
    }

    private void AssertCalm(FeedRecording seen)
    {
        Assert.Equal((0, 0, 3), (seen.Reconnects, seen.Counters.Errors, _venue.Requests.Count));
        Assert.All((string[])[Hurt, Other], symbol => Assert.Equal(
            (BookState.InSync, 0L, 0L),
            (BookOf(seen, symbol).State, BookOf(seen, symbol).StaleIntervals,
            BookOf(seen, symbol).ChecksumMismatches)));
    }

    private static InstrumentBook BookOf(FeedRecording feed, string symbol)
    {
        for (int id = 0; id < feed.Symbols.Count; id++)
        {
            bool isIt = Encoding.ASCII.GetString(feed.Symbols.TextOf(id)) == symbol;
            if (isIt && feed.Engine.Books.BookOf(id) is { } book) return book;
        }

        return new InstrumentBook();
    }

    private static Subscription[] Refused(FeedRecording feed) =>
        [.. Feed(feed).Subscriptions.Where(wanted => wanted.State == SubscriptionState.Refused)];

    private static long Silences(FeedRecording feed) => Feed(feed).Silences;

    private static long Resubscribes(FeedRecording feed) => Feed(feed).Resubscribes;

    private static PublicFeed Feed(FeedRecording feed) => feed.Sockets[0].Feed!;

    private static string WithChecksum(string frame, string checksum) =>
        ChecksumOfFrame().Replace(frame, "\"checksum\":" + checksum);

    [GeneratedRegex("\"checksum\":[0-9]+")]
    private static partial Regex ChecksumOfFrame();
}
