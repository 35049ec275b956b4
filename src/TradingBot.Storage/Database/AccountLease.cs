// In:     an owner, its epoch, time.   Out: the account's lease, taken and renewed, or who has it.
// Thread: one at a time: the starting one, then the keeper's.
// Keeps:  I13: of two owners of one store at most one has a lease that is not over; an epoch never goes back. Who
//         cannot renew does not know, and its lease runs out.
// Budget: a row a renewal.
using System;
using System.Data;
using System.Data.Common;
using System.Globalization;

namespace TradingBot.Storage.Database;

/// <summary>The right to trade an account for a while, as a row of its store.</summary>
/// <remarks>
/// On one machine the intent log's file is locked while its process lives, so a second process never comes as far as
/// this. On a server the owner's session holds an advisory lock beside the row, and a process elsewhere waits until the
/// row's time is over, since the owner may live behind a broken line.
/// </remarks>
public sealed class AccountLease : IDisposable
{
    private readonly IStoreEngine _engine;
    private readonly string _owner;
    private readonly uint _epoch;
    private readonly long _lengthNs;
    private DbConnection? _connection;

    private AccountLease(IStoreEngine engine, DbConnection connection, string owner, uint epoch, long lengthNs)
    {
        _engine = engine;
        _connection = connection;
        _owner = owner;
        _epoch = epoch;
        _lengthNs = lengthNs;
    }

    /// <summary>End of the lease as it was last taken or renewed, Unix ns.</summary>
    public long UntilNs { get; private set; }

    /// <summary>Somebody else has it for good: it is not asked for again.</summary>
    public bool IsLost { get; private set; }

    private bool IsSessionLost => _connection is not { State: ConnectionState.Open };

    /// <summary>Takes the lease of a store whose schema is up to date.</summary>
    /// <param name="place">The state's store.</param>
    /// <param name="owner">Machine and folder: the same after a restart.</param>
    /// <param name="epoch">Of this start.</param>
    /// <param name="lengthNs">How long it holds without being renewed.</param>
    /// <param name="nowNs">Unix ns.</param>
    /// <param name="fault">Why not; of kind <see cref="StoreFaultKind.Held"/> when somebody else owns the
    /// account.</param>
    public static AccountLease? Take(
        StorePlace place, string owner, uint epoch, long lengthNs, long nowNs, out StoreFault? fault)
    {
        ArgumentNullException.ThrowIfNull(place);
        IStoreEngine engine = place.EngineFor(StoreKind.State);
        DbConnection? connection = null;
        try
        {
            connection = engine.Connect(isNew: false);
            engine.Configure(connection);
            fault = engine.TryHold(connection) ? null
                : new StoreFault(
                    StoreFaultKind.Held, $"another process has the lease of {engine.Place}: end that one.");
            AccountLease lease = new(engine, connection, owner, epoch, lengthNs);
            fault ??= lease.TakeRow(nowNs);
            if (fault is not null) return null;
            connection = null;
            return lease;
        }
        catch (Exception thrown) when (engine.FaultOf(thrown) is not null)
        {
            fault = engine.FaultOf(thrown);
            return null;
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Renews it; null when it holds until <see cref="UntilNs"/>, else why nobody knows, or that it is
    /// lost.</summary>
    public StoreFault? Renew(long nowNs)
    {
        if (IsLost) return Lost();
        try
        {
            if (_connection is null && !TryReconnect()) return Lost();
            using RowCommand renew = new(
                _engine, _connection!,
                "UPDATE lease SET until_ns = $until, renewed_ns = $now WHERE epoch = $epoch AND owner = $owner");
            long untilNs = nowNs + _lengthNs;
            if (renew.Begin(null).Add(untilNs).Add(nowNs).Add(_epoch).Add(_owner).Run() == 0) return Lose();
            UntilNs = untilNs;
            return null;
        }
        catch (Exception thrown) when (FaultOf(thrown) is { } fault)
        {
            // A session that broke may have lost its advisory lock: it is asked for anew.
            if (IsSessionLost) DropConnection();
            return fault;
        }
    }

    /// <summary>Gives it back, so that the next owner need not wait; nothing depends on it.</summary>
    public void Release(long nowNs)
    {
        if (IsLost || _connection is null) return;
        try
        {
            using RowCommand end = new(
                _engine, _connection,
                "UPDATE lease SET until_ns = $now, renewed_ns = $now WHERE epoch = $epoch AND owner = $owner");
            end.Begin(null).Add(nowNs).Add(_epoch).Add(_owner).Run();
        }
        catch (Exception thrown) when (FaultOf(thrown) is not null)
        {
            // It runs out by itself.
            DropConnection();
        }
    }

    public void Dispose() => DropConnection();

    private StoreFault? TakeRow(long nowNs)
    {
        using DbTransaction transaction = _engine.BeginWrite(_connection!);
        using RowCommand read = new(_engine, _connection!, "SELECT epoch, owner, until_ns FROM lease WHERE id = 1");
        bool isNew = true;
        using (DbDataReader row = read.Begin(transaction).Read())
        {
            if (row.Read())
            {
                isNew = false;
                StoreFault? held = Check(row.GetInt64(0), row.GetString(1), row.GetInt64(2), nowNs);
                if (held is not null) return held;
            }
        }

        using RowCommand write = new(
            _engine, _connection!,
            isNew
                ? "INSERT INTO lease (id, epoch, owner, until_ns, renewed_ns) VALUES (1, $epoch, $owner, $until, $now)"
                : "UPDATE lease SET epoch = $epoch, owner = $owner, until_ns = $until, renewed_ns = $now WHERE id = 1");
        UntilNs = nowNs + _lengthNs;
        write.Begin(transaction).Add(_epoch).Add(_owner).Add(UntilNs).Add(nowNs).Run();
        transaction.Commit();
        return null;
    }

    private StoreFault? Check(long epoch, string owner, long untilNs, long nowNs)
    {
        bool isOurs = owner == _owner;
        if (epoch > _epoch || (epoch == _epoch && !isOurs))
        {
            return new StoreFault(
                StoreFaultKind.WrongLog,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_engine.Place} was owned in epoch {epoch} by {owner}, and this intent log would begin {_epoch}: "
                    + $"it is not the newest log of this account. Bring that one here."));
        }

        // Whoever holds the same folder's log knows that its last owner is dead.
        if (isOurs || untilNs <= nowNs) return null;
        DateTimeOffset until = DateTimeOffset.UnixEpoch.AddTicks(untilNs / 100);
        return new StoreFault(
            StoreFaultKind.Held,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{owner} owns {_engine.Place} until {until:yyyy-MM-dd'T'HH:mm:ss'Z'}: end that one, or start again "
                + $"after that time."));
    }

    private bool TryReconnect()
    {
        DbConnection connection = _engine.Connect(isNew: false);
        _connection = connection;
        _engine.Configure(connection);
        if (_engine.TryHold(connection)) return true;
        IsLost = true;
        return false;
    }

    private StoreFault Lose()
    {
        IsLost = true;
        return Lost();
    }

    private StoreFault Lost()
    {
        UntilNs = 0;
        return new StoreFault(
            StoreFaultKind.Held, $"{_engine.Place}: another owner took the lease; this one only protects from now on.");
    }

    private StoreFault? FaultOf(Exception thrown) =>
        thrown is InvalidOperationException && IsSessionLost
            ? new StoreFault(StoreFaultKind.Unreachable, $"{_engine.Place}: the connection is gone: {thrown.Message}")
            : _engine.FaultOf(thrown);

    private void DropConnection()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
