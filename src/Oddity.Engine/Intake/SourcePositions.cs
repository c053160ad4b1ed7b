using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Intake;

/// <summary>
/// How far sources have come, as the log has it: a position is part of the record whose batch it follows, so that what a message led to and the fact that it
/// was taken are on disk together or not at all. A checkpoint moves the latest to the store. Thread-safe.
/// </summary>
internal sealed class SourcePositions(Database database)
{
    private const string Prefix = "position/";

    private readonly ConcurrentDictionary<string, string> _latest = new(StringComparer.Ordinal);
    private long _changes;
    private long _saving;
    private long _saved;

    /// <summary>Null for a place nothing came from yet.</summary>
    public string? Of(string place) => _latest.GetValueOrDefault(place);

    /// <summary>Takes up what the last checkpoint stored.</summary>
    public void Load() => database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT key, value FROM meta WHERE key LIKE 'position/%'";
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) _latest[row.GetString(0)[Prefix.Length..]] = row.GetString(1);
        return true;
    });

    /// <summary>A batch with this position is on disk; in the order of the log.</summary>
    public void Stored(SourcePosition position)
    {
        _latest[position.Place] = position.Position;
        Interlocked.Increment(ref _changes);
    }

    /// <summary>Writes them if any changed, inside the transaction that makes the log before it unnecessary. A later one does no harm: its batch is in the log.</summary>
    public void Save(StatementCache statements)
    {
        _saving = Interlocked.Read(ref _changes);
        if (_saving == _saved) return;
        foreach ((string place, string position) in _latest)
            statements.Execute("INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)", Prefix + place, position);
    }

    /// <summary>What <see cref="Save"/> wrote is on disk.</summary>
    public void Saved() => _saved = _saving;
}
