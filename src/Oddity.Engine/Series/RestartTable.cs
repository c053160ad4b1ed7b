using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Series;

/// <summary>Where in their series detectors began afresh because their configuration or format had changed: what a verification starts from.</summary>
internal static class RestartTable
{
    /// <param name="Samples">How many samples the series had.</param>
    /// <param name="Recent">How many of them stood in its window of evidence.</param>
    /// <param name="Revision">Of what watches it from there on.</param>
    public readonly record struct Restart(long Samples, int Recent, string Revision);

    public static void Add(StatementCache statements, Watched watched) => statements.Execute(
        "INSERT OR REPLACE INTO restarts(series, samples, recent, revision) VALUES(?1, ?2, ?3, ?4)",
        watched.Id,
        watched is SeriesState series ? series.Count : 0L,
        watched is SeriesState of ? of.Recent : 0,
        watched.Revision);

    /// <summary>Those of a series or vector, first to last.</summary>
    public static List<Restart> Of(SqliteConnection connection, int id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT samples, recent, revision FROM restarts WHERE series = $id ORDER BY samples";
        command.Parameters.AddWithValue("$id", id);
        var restarts = new List<Restart>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) restarts.Add(new(row.GetInt64(0), row.GetInt32(1), row.GetString(2)));
        return restarts;
    }
}
