using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Series;

/// <summary>
/// Series that nothing was sent to for long sleep: detector, window and newest samples are let go of, for the last checkpoint has them, and come back with the
/// next sample or question. Only memory depends on when that happens; results do not.
/// </summary>
internal sealed class IdleSeries(Database database, TimeSpan after, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private long _looked;
    private int _round;
    private int _asleep;

    /// <summary>Series that sleep.</summary>
    public int Count => Volatile.Read(ref _asleep);

    /// <summary>Every so often, when a checkpoint is done: what did not change since long ago goes to sleep, on the loops of its shards.</summary>
    public async Task RestAsync(IReadOnlyList<Shard> shards)
    {
        TimeSpan step = TimeSpan.FromTicks(Math.Min(Look.Ticks, Math.Max(1, after.Ticks / 4)));
        if (after <= TimeSpan.Zero || (_looked != 0 && time.GetElapsedTime(_looked) < step)) return;
        _looked = time.GetTimestamp();
        int round = ++_round, rounds = (int)Math.Ceiling(after / step);
        await Task.WhenAll(shards.Select(shard => shard.AskAsync(() => Rest(shard, round, rounds)))).ConfigureAwait(false);
    }

    /// <summary>On the loop of its shard: the series, awake.</summary>
    /// <exception cref="InvalidDataException">The store does not have its state.</exception>
    public SeriesState Awake(SeriesState series)
    {
        if (!series.IsAsleep) return series;
        series.Wake(database.Read(connection => State(connection, series.Id)));
        Interlocked.Decrement(ref _asleep);
        return series;
    }

    /// <summary>On the loop of its shard: lets go of what the store has, if it may.</summary>
    public void Sleep(SeriesState series)
    {
        if (series.Sleep()) Interlocked.Increment(ref _asleep);
    }

    /// <summary>On the loop of its shard: a series was deleted.</summary>
    public void Forget(SeriesState series)
    {
        if (series.IsAsleep) Interlocked.Decrement(ref _asleep);
    }

    private bool Rest(Shard shard, int round, int rounds)
    {
        foreach (Watched watched in shard.Owned.Values)
        {
            if (watched is SeriesState series && series.IsIdleSince(round) >= rounds) Sleep(series);
        }

        return true;
    }

    private static byte[] State(SqliteConnection connection, int id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT state FROM series WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        return command.ExecuteScalar() as byte[] ?? throw new InvalidDataException("The state of a series that sleeps is not in the store.");
    }
}
