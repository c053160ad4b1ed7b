using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Tests;

public sealed class DatabaseTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_write_at_fault_fails_alone_and_its_neighbours_are_kept()
    {
        using var database = new Database(_directory, NullLogger.Instance);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(_ => hold.Wait());
        Task good = database.WriteAsync(s => s.Execute("INSERT INTO meta(key, value) VALUES('a', 1)"));
        Task bad = database.WriteAsync(s => s.Execute("INSERT INTO nowhere VALUES(1)"));
        Task after = database.WriteAsync(s => s.Execute("INSERT INTO meta(key, value) VALUES('b', 2)"));
        hold.Set();
        await first;
        await good;
        await after;
        await Should.ThrowAsync<SqliteException>(() => bad);
        Keys(database).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_was_written_is_there_after_reopening_and_commits_were_shared()
    {
        int commits = 0;
        using (var database = new Database(_directory, NullLogger.Instance))
        {
            using var hold = new ManualResetEventSlim();
            Task first = database.WriteAsync(_ => hold.Wait());
            Task[] writes = [.. Enumerable.Range(0, 100).Select(i => database.WriteAsync(s => s.Execute("INSERT INTO meta(key, value) VALUES(?1, 1)", $"k{i:000}"), _ => commits++))];
            hold.Set();
            await Task.WhenAll(writes);
        }

        commits.ShouldBe(100);
        using var again = new Database(_directory, NullLogger.Instance);
        Keys(again).Count.ShouldBe(100);
    }

    [Fact]
    public void A_damaged_file_is_refused_with_a_reason()
    {
        using (new Database(_directory, NullLogger.Instance))
        {
        }

        string file = Path.Combine(_directory, "oddity.db");
        byte[] bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)0xA5, 4096, 8192);
        File.WriteAllBytes(file, bytes);
        Exception error = Should.Throw<Exception>(() => new Database(_directory, NullLogger.Instance));
        error.ShouldBeOfType<InvalidDataException>();
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        using (var database = new Database(_directory, NullLogger.Instance)) await database.WriteAsync(s => s.Execute("CREATE TABLE later(x)"));
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, "oddity.db")};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=999";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Should.Throw<InvalidDataException>(() => new Database(_directory, NullLogger.Instance)).Message.ShouldContain("newer");
    }

    private static List<string> Keys(Database database) => database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT key FROM meta ORDER BY key";
        using SqliteDataReader row = command.ExecuteReader();
        var keys = new List<string>();
        while (row.Read()) keys.Add(row.GetString(0));
        return keys;
    });
}
