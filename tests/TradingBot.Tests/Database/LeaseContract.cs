using TradingBot.Storage.Database;
using Xunit;

namespace TradingBot.Tests.Database;

/// <summary>Who owns an account, whatever the engine of its store.</summary>
public abstract class LeaseContract
{
    private const long Second = 1_000_000_000;
    private const long Now = 1_800_000_000 * Second;
    private const long Length = 30 * Second;

    private protected abstract StoreLab NewLab();

    [Fact]
    public void A_lease_is_renewed_by_its_owner_and_taken_again_at_once_after_a_restart_I13()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        using (AccountLease first = Take(lab, "here:data", 1, Now))
        {
            Assert.Equal(Now + Length, first.UntilNs);
            Assert.Null(first.Renew(Now + (10 * Second)));
            Assert.Equal(Now + (10 * Second) + Length, first.UntilNs);
        }

        // The same folder: its log is locked by whoever lives, so the last owner is dead.
        using AccountLease second = Take(lab, "here:data", 2, Now + (11 * Second));
        Assert.Equal("1|2|here:data|1800000041000000000|1800000011000000000", Assert.Single(lab.Rows("lease")));
    }

    [Fact]
    public void Another_machine_waits_until_the_lease_is_over_and_the_old_owner_wakes_without_it_I13()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        AccountLease first = Take(lab, "here:data", 1, Now);
        if (lab.Place.IsServer)
        {
            // As long as its session lives, nobody else has it, whatever the row says.
            AccountLease.Take(lab.Place, "there:data", 2, Length, Now + (90 * Second), out StoreFault? session);
            Assert.Equal(StoreFaultKind.Held, session?.Kind);
            first.Dispose();
        }

        Assert.Null(AccountLease.Take(lab.Place, "there:data", 2, Length, Now + (29 * Second), out StoreFault? held));
        Assert.Equal(StoreFaultKind.Held, held!.Kind);
        Assert.Contains("here:data owns ", held.Text, System.StringComparison.Ordinal);
        Assert.Contains("2027-01-15T08:00:30Z", held.Text, System.StringComparison.Ordinal);
        using (AccountLease second = Take(lab, "there:data", 2, Now + (31 * Second)))
        {
            Assert.Equal(StoreFaultKind.Held, first.Renew(Now + (40 * Second))?.Kind);
            Assert.Equal((true, 0L), (first.IsLost, first.UntilNs));
            // It is not asked for again, also when the other one is gone.
            second.Release(Now + (41 * Second));
        }

        Assert.NotNull(first.Renew(Now + (50 * Second)));
        Assert.Equal("2", Assert.Single(lab.Rows("lease")).Split('|')[1]);
        first.Dispose();
    }

    [Fact]
    public void A_log_that_is_not_the_newest_gets_no_lease_and_changes_nothing_I13()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        Take(lab, "here:data", 7, Now).Dispose();
        string before = Assert.Single(lab.Rows("lease"));
        long later = Now + (60 * Second);
        Assert.Null(AccountLease.Take(lab.Place, "here:data", 6, Length, later, out StoreFault? fault));
        Assert.Equal(StoreFaultKind.WrongLog, fault?.Kind);
        Assert.Null(AccountLease.Take(lab.Place, "there:data", 7, Length, later, out fault));
        Assert.Equal(StoreFaultKind.WrongLog, fault?.Kind);
        Assert.Equal(before, Assert.Single(lab.Rows("lease")));
        // The same start once more, killed between the lease and its first record.
        Take(lab, "here:data", 7, later).Dispose();
    }

    [Fact]
    public void A_lease_given_back_is_free_at_once()
    {
        using StoreLab lab = NewLab();
        lab.Open().Dispose();
        AccountLease first = Take(lab, "here:data", 1, Now);
        first.Release(Now + Second);
        first.Dispose();
        Take(lab, "there:data", 2, Now + Second).Dispose();
    }

    private static AccountLease Take(StoreLab lab, string owner, uint epoch, long nowNs)
    {
        AccountLease? lease = AccountLease.Take(lab.Place, owner, epoch, Length, nowNs, out StoreFault? fault);
        Assert.True(lease is not null, fault?.Text);
        return lease;
    }
}
