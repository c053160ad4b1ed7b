using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Tests;

public sealed class AnomalyTableTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_the_store_gives_back_reads_the_same_to_the_last_digit()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("load", Enumerable.Range(0, 200).Select(i => (i * 1000L, i == 150 ? 1e9 / 3 : 50 + Math.Sin(i) / 7)));
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        AnomalyPage page = await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default" }, CancellationToken.None);
        Anomaly[] stored = [.. page.Items];
        stored.ShouldNotBeEmpty();
        foreach (Anomaly anomaly in stored)
        {
            string json = AnomalyJson.Write(anomaly);
            AnomalyJson.Write(AnomalyJson.Read(json, "default")).ShouldBe(json);
        }

        (await engine.ExportAsync()).ShouldBe(stored.OrderBy(a => a.StartMs).Select(AnomalyJson.Write));
    }

    [Fact]
    public void Rows_of_the_first_layout_move_over_with_what_people_made_of_them()
    {
        Anomaly reported = ManualAnomaly.Of(Oddity.Engine.Series.SeriesKey.Create("default", "load"), 1000, 5, Severity.High, "seen by eye");
        using (var old = new SqliteConnection($"Data Source={Path.Combine(_directory, "oddity.db")};Pooling=False"))
        {
            SQLitePCL.Batteries_V2.Init();
            old.Open();
            using SqliteCommand command = old.CreateCommand();
            command.CommandText =
                """
                CREATE TABLE anomalies(
                  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, series TEXT NOT NULL, detector TEXT NOT NULL, methods TEXT NOT NULL, start_ms INTEGER NOT NULL,
                  end_ms INTEGER, severity INTEGER NOT NULL, stored_ms INTEGER NOT NULL, body TEXT NOT NULL,
                  status INTEGER NOT NULL DEFAULT 0, status_by TEXT, status_at_ms INTEGER, note TEXT) WITHOUT ROWID;
                CREATE INDEX anomalies_by_start ON anomalies(tenant, start_ms DESC, id DESC);
                CREATE INDEX anomalies_ongoing ON anomalies(tenant, start_ms DESC, id DESC) WHERE end_ms IS NULL;
                CREATE TABLE chunks(series INTEGER, ordinal INTEGER, start_ms INTEGER, end_ms INTEGER, stored_ms INTEGER, data BLOB, PRIMARY KEY(series, ordinal)) WITHOUT ROWID;
                CREATE INDEX chunks_by_end ON chunks(end_ms);
                INSERT INTO chunks VALUES(1, 0, 0, 1, 2, x'01'), (1, 1, 2, 3, 4, x'02');
                INSERT INTO anomalies VALUES($id, 'default', 'load', 'manual', ',manual,manual,', 1000, 1000, 3, 7, $body, 1, 'ada', 9, 'known');
                PRAGMA user_version=2;
                """;
            command.Parameters.AddWithValue("$id", reported.Id);
            command.Parameters.AddWithValue("$body", AnomalyJson.Write(reported));
            command.ExecuteNonQuery();
        }

        using var database = new Database(_directory, NullLogger.Instance);
        Anomaly read = database.Read(connection => AnomalyTable.Find(connection, "default", reported.Id)).ShouldNotBeNull();
        AnomalyJson.Write(read).ShouldBe(AnomalyJson.Write(reported));
        (read.Explanation, read.StatusBy, read.StatusAtMs, read.Note).ShouldBe(("seen by eye", "ada", 9, "known"));
        database.Read(connection => AnomalyTable.Export(connection, null, null, 10)).ShouldHaveSingleItem().Json.ShouldBe(AnomalyJson.Write(reported));
    }

    [Fact]
    public async Task A_search_by_series_takes_the_one_of_that_text_or_all_whose_text_contains_it()
    {
        using var database = new Database(_directory, NullLogger.Instance);
        await database.WriteAsync(statements =>
        {
            foreach (string series in Enumerable.Range(0, 60).Select(i => $"disk_{i}").Append("load").Append("load_max").Append("Other"))
            {
                Anomaly one = ManualAnomaly.Of(Oddity.Engine.Series.SeriesKey.Create("default", series), 1000, 5, Severity.High, "seen");
                AnomalyTable.Upsert(statements, one, 7);
            }
        });

        string[] Found(string text) =>
            [.. database.Read(connection => AnomalyTable.List(connection, new() { Tenant = "default", Series = text })).Items.Select(a => a.Series.Text).Order(StringComparer.Ordinal)];

        Found("load").ShouldBe(["load"]);
        Found("loa").ShouldBe(["load", "load_max"]);
        Found("oTHER").ShouldBe(["Other"]);
        Found("disk_").Length.ShouldBe(60);
        Found("disk_5").ShouldBe(["disk_5"]);
        Found("nowhere").ShouldBeEmpty();
        Found("%_").ShouldBeEmpty();
        Found("").Length.ShouldBe(63);
    }
}
