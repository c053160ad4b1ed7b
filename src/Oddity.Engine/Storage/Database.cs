using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Oddity.Engine.Storage;

/// <summary>
/// The embedded SQLite file: one thread writes and also checkpoints its WAL, whatever waits shares one commit and one sync (group commit), and a
/// write's task completes only after that sync. Readers have their own read-only connections.
/// </summary>
/// <remarks>The first failed sync or I/O error other than a full disk ends the writer (<see cref="Failure"/>): after it nothing is known to be on disk.</remarks>
public sealed class Database : IDisposable
{
    private const int MostPerCommit = 512;

    private readonly string _file;
    private readonly ILogger _log;
    private readonly SqliteConnection _connection;
    private readonly StatementCache _statements;
    private readonly BlockingCollection<Write> _queue = [];
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _writer;

    public Database(string directory, ILogger log)
    {
        SQLitePCL.Batteries_V2.Init();
        (_file, _log) = (Path.Combine(directory, "oddity.db"), log);
        try
        {
            _connection = Connect(SqliteOpenMode.ReadWriteCreate);
            Schema.Prepare(_connection);
        }
        catch (Exception error)
        {
            _connection?.Dispose();
            if (error is SqliteException && IsFatal(error)) throw new InvalidDataException("The database oddity.db is damaged or cannot be read.", error);
            throw;
        }

        _statements = new(_connection);
        _writer = new(Run) { Name = "oddity-writer", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Completes, failed, when writing is no longer possible.</summary>
    public Task Failure => _failure.Task;

    /// <summary>True since a write found the disk full and until one succeeds while there is room again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Called on the writer's thread when a transaction is on disk, before anybody hears of it. For tests.</summary>
    internal Action? Committed { get; set; }

    /// <summary>Writes that wait for a commit.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Runs <paramref name="work"/> on the writer's connection inside a transaction; completes when it is synced to disk.</summary>
    /// <param name="work">May run more than once: a group that fails is tried again one by one.</param>
    /// <param name="committed">Runs on the writer's thread after the sync, in the order of the writes; must not block.</param>
    /// <exception cref="DiskFullException">The disk is full; nothing of it was kept.</exception>
    public Task<T> WriteAsync<T>(Func<StatementCache, T> work, Action<T>? committed = null)
    {
        var write = new Write<T>(work, committed);
        try
        {
            _queue.Add(write);
        }
        catch (InvalidOperationException)
        {
            write.Fail(new ObjectDisposedException(nameof(Database)));
        }

        return write.Task;
    }

    public Task WriteAsync(Action<StatementCache> work) =>
        WriteAsync<object?>(statements =>
        {
            work(statements);
            return null;
        });

    /// <summary>Runs <paramref name="query"/> on a read-only connection; it sees everything whose write completed before.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        if (!_readers.TryTake(out SqliteConnection? connection)) connection = Connect(SqliteOpenMode.ReadOnly);
        try
        {
            return query(connection);
        }
        finally
        {
            _readers.Add(connection);
        }
    }

    /// <summary>Finishes what waits, then closes.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _writer.Join();
        foreach (SqliteConnection reader in _readers) reader.Dispose();
        _statements.Dispose();
        _connection.Dispose();
        _queue.Dispose();
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = mode == SqliteOpenMode.ReadOnly
            ? "PRAGMA busy_timeout=5000;"
            : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA busy_timeout=5000; PRAGMA cache_size=-16384;";
        command.ExecuteNonQuery();
        return connection;
    }

    private void Run()
    {
        var group = new List<Write>(MostPerCommit);
        try
        {
            foreach (Write first in _queue.GetConsumingEnumerable())
            {
                group.Add(first);
                while (group.Count < MostPerCommit && _queue.TryTake(out Write? next)) group.Add(next);
                Commit(group);
                group.Clear();
            }
        }
        catch (Exception error)
        {
            _log.LogCritical(error, "Writing failed; nothing more is acknowledged");
            _failure.TrySetException(error);
            _queue.CompleteAdding();
            foreach (Write write in group.Concat(_queue.GetConsumingEnumerable())) write.Fail(error);
        }
    }

    private void Commit(List<Write> group)
    {
        try
        {
            Transact(group);
        }
        catch (Exception error) when (!IsFatal(error))
        {
            // One of them was at fault, or the disk is full: alone, each gets its own answer.
            foreach (Write write in group)
            {
                try
                {
                    Transact([write]);
                }
                catch (Exception own) when (!IsFatal(own))
                {
                    IsFull |= own is SqliteException { SqliteErrorCode: Full };
                    write.Fail(own is SqliteException { SqliteErrorCode: Full } ? new DiskFullException(own) : own);
                }
            }
        }
    }

    private void Transact(List<Write> group)
    {
        _statements.Execute("BEGIN IMMEDIATE");
        try
        {
            foreach (Write write in group) write.Execute(_statements);
            _statements.Execute("COMMIT");
        }
        catch
        {
            // SQLite rolls back by itself on some errors, a full disk among them; a second ROLLBACK then fails, which is no news.
            try
            {
                _statements.Execute("ROLLBACK");
            }
            catch (SqliteException)
            {
            }

            throw;
        }

        if (IsFull) IsFull = !DiskRoom.In(Path.GetDirectoryName(_file)!);
        Committed?.Invoke();
        foreach (Write write in group) write.Complete();
    }

    private const int Full = 13;

    /// <summary>SQLITE_IOERR, SQLITE_CORRUPT and SQLITE_NOTADB: what is on disk is no longer known.</summary>
    private static bool IsFatal(Exception error) => error is SqliteException { SqliteErrorCode: 10 or 11 or 26 };

    private abstract class Write
    {
        public abstract void Execute(StatementCache statements);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(Func<StatementCache, T> work, Action<T>? committed) : Write
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override void Execute(StatementCache statements) => _result = work(statements);

        public override void Complete()
        {
            committed?.Invoke(_result);
            _done.TrySetResult(_result);
        }

        public override void Fail(Exception error) => _done.TrySetException(error);
    }
}
