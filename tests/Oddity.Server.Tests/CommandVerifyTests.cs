using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Oddity.Server.Tests;

/// <summary>An auditor's question, asked on the command line: does this anomaly follow from the samples that are stored?</summary>
public sealed class CommandVerifyTests : IDisposable
{
    private const long Noon = 1_700_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-verify-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_anomaly_is_equal_also_after_the_configuration_changed_and_what_was_changed_by_hand_is_not()
    {
        await ServeAsync("zscore", server => SendAsync(server, 0, 1_500));
        await ServeAsync("ewma", server => SendAsync(server, 1_500, 1_500));
        await ServeAsync("zscore", server => SendAsync(server, 3_000, 900));
        string[] ids = Ids("SELECT id FROM anomalies ORDER BY start_ms");
        Ids("SELECT DISTINCT detector FROM anomalies ORDER BY 1").ShouldBe(["ewma", "zscore"]);
        ids.Length.ShouldBeGreaterThan(5);

        foreach (string id in new[] { ids[0], ids[1], ids[ids.Length / 2], ids[^2], ids[^1] })
        {
            (int code, string output, string error) = await VerifyAsync(id);
            code.ShouldBe(0, output + error);
            output.ShouldStartWith($"equal: {id} of m{{");
        }

        Execute("UPDATE anomalies SET severity = 0 WHERE id = $id", ids[0]);
        (int changed, string text, _) = await VerifyAsync(ids[0]);
        changed.ShouldBe(70, text);
        text.ShouldContain("severity: stored \"info\", recomputed ");

        (await VerifyAsync("0123456789abcdef0123456789abcdef")).Code.ShouldBe(64);
        Execute("DELETE FROM chunks WHERE ordinal = 0", "");
        (int gone, string reason, _) = await VerifyAsync(ids[0]);
        gone.ShouldBe(74, reason);
        reason.ShouldStartWith($"not possible: {ids[0]}");
        (await VerifyAsync(ids[^2])).Code.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_measured_together_and_what_was_reported_by_hand_are_told_apart()
    {
        await ServeAsync("zscore", async server =>
        {
            var lines = new StringBuilder();
            for (int i = 0; i < 400; i++)
                lines.Append(CultureInfo.InvariantCulture, $"{{\"cpu\":{(i == 350 ? 84 : 40 + (i * 7 % 11))},\"memory\":{(i == 350 ? 89 : 60 + (i * 3 % 5))},\"disk\":{(i == 350 ? 89 : 50 + (i * 5 % 7))},\"timestamp\":{Noon + i}}}\n");
            using var body = new StringContent(lines.ToString());
            (await server.Http.PostAsync("/ingest?backfill=true", body, Cancel)).EnsureSuccessStatusCode();
            using var report = new StringContent("""{"metric":"x","value":3,"severity":"high"}""");
            (await server.Http.PostAsync("/anomaly", report, Cancel)).EnsureSuccessStatusCode();
        });

        string together = Ids("SELECT id FROM anomalies WHERE detector = 'isolation_forest'").First();
        (int code, string output, _) = await VerifyAsync(together);
        code.ShouldBe(0, output);
        (int byHand, string said, _) = await VerifyAsync(Ids("SELECT id FROM anomalies WHERE detector = 'manual'").Single());
        byHand.ShouldBe(74);
        said.ShouldContain("reported by hand");
    }

    private async Task ServeAsync(string detector, Func<OddityProcess, Task> work)
    {
        await using OddityProcess server = await OddityProcess.StartAsync(
            Data, ["--detector", detector], new Dictionary<string, string> { ["ODDITY_DETECTION__VECTOR_DETECTOR"] = "isolation_forest" });
        await work(server);
        (await server.StopAsync()).ShouldBe(0);
    }

    private static async Task SendAsync(OddityProcess server, int from, int count)
    {
        var json = new StringBuilder("[");
        for (int i = from; i < from + count; i++)
        {
            double value = i % 400 is >= 300 and < 304 ? 900 + i : 50 + (i * 7919 % 13);
            if (i > from) json.Append(',');
            json.Append(CultureInfo.InvariantCulture, $"{{\"metric\":\"m\",\"labels\":{{\"a\":\"b\"}},\"timestamp\":{Noon + i},\"value\":{value}}}");
            if (i % 50 == 49) json.Append(CultureInfo.InvariantCulture, $",{{\"metric\":\"m\",\"labels\":{{\"a\":\"b\"}},\"timestamp\":{Noon + i - 20},\"value\":5000}}");
        }

        using var body = new StringContent(json.Append(']').ToString());
        (await server.Http.PostAsync("/api/v1/events?backfill=true", body, Cancel)).EnsureSuccessStatusCode();
    }

    private Task<(int Code, string Output, string Error)> VerifyAsync(string id) => CommandProcess.RunAsync(_folder, ["verify", id, "--data-dir", Data]);

    private string[] Ids(string sql)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader row = command.ExecuteReader();
        var ids = new List<string>();
        while (row.Read()) ids.Add(row.GetString(0));
        return [.. ids];
    }

    private void Execute(string sql, string id)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$id", id);
        command.ExecuteNonQuery().ShouldBeGreaterThan(0);
    }

    private SqliteConnection Open()
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "oddity.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
