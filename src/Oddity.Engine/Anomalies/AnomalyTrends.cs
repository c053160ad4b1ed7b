using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Anomalies;

/// <summary>How many anomalies began when, by severity, and in which series most. Thread-safe.</summary>
public sealed class AnomalyTrends(Database database)
{
    /// <summary>Anomalies that began in [fromMs, toMs), counted by step and severity.</summary>
    public IReadOnlyDictionary<long, int[]> Count(string tenant, long fromMs, long toMs, long stepMs) => database.Read(connection =>
    {
        using SqliteCommand command = Select(
            connection, "SELECT (start_ms - $from) / $step, severity, count(*) FROM anomalies WHERE tenant = $tenant AND start_ms >= $from AND start_ms < $to GROUP BY 1, 2", tenant, fromMs, toMs);
        command.Parameters.AddWithValue("$step", stepMs);
        var steps = new SortedDictionary<long, int[]>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            long step = fromMs + (row.GetInt64(0) * stepMs);
            if (!steps.TryGetValue(step, out int[]? counts)) steps.Add(step, counts = new int[Enum.GetValues<Severity>().Length]);
            counts[Math.Clamp(row.GetInt32(1), 0, counts.Length - 1)] += row.GetInt32(2);
        }

        return steps;
    });

    /// <summary>The series with most anomalies in [fromMs, toMs), most first.</summary>
    public IReadOnlyList<(string Series, int Count)> Most(string tenant, long fromMs, long toMs, int limit) => database.Read(connection =>
    {
        using SqliteCommand command = Select(
            connection, "SELECT series, count(*) FROM anomalies WHERE tenant = $tenant AND start_ms >= $from AND start_ms < $to GROUP BY series ORDER BY 2 DESC, 1 LIMIT $limit", tenant, fromMs, toMs);
        command.Parameters.AddWithValue("$limit", limit);
        var most = new List<(string, int)>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) most.Add((row.GetString(0), row.GetInt32(1)));
        return most;
    });

    private static SqliteCommand Select(SqliteConnection connection, string sql, string tenant, long fromMs, long toMs)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$from", fromMs);
        command.Parameters.AddWithValue("$to", toMs);
        return command;
    }
}
