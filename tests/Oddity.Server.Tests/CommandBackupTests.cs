namespace Oddity.Server.Tests;

/// <summary>A backup taken from a server under load: what it had acknowledged before is in it, and what is sent again ends in the same bytes.</summary>
[Collection("reliability")]
public sealed class CommandBackupTests : IDisposable
{
    private static readonly Dictionary<string, string> s_checkpoints = new() { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" };
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-backup-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(3));

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Backups_of_a_server_under_load_restore_to_what_an_undisturbed_server_has()
    {
        const int batches = 120;
        await using OddityProcess server = await StartAsync("data");
        var load = new DurableLoad(batches);
        Task sending = load.SendAsync(server, _limit.Token);
        var before = new List<int[]>();
        for (int backup = 0; backup < 3; backup++)
        {
            await load.UntilAsync(load.Batches * (backup + 1) / 5, sending);
            before.Add(load.AcknowledgedNow());
            (int code, string output, string error) = await RunAsync("backup", Folder($"backup{backup}"), "--data-dir", Folder("data"));
            code.ShouldBe(0, error);
            output.ShouldContain("bytes, applied ");
        }

        await sending;
        (string, string) undisturbed = await DurableLoad.ResultAsync(server);
        for (int backup = 0; backup < 3; backup++)
        {
            (int code, _, string error) = await RunAsync("restore", Folder($"backup{backup}"), "--data-dir", Folder($"data{backup}"));
            code.ShouldBe(0, error);
            await using OddityProcess restored = await StartAsync($"data{backup}");
            await load.CheckAsync(restored, before[backup]);
            await new DurableLoad(batches).SendAsync(restored, _limit.Token);
            (await DurableLoad.ResultAsync(restored)).ShouldBe(undisturbed);
        }
    }

    [Fact]
    public async Task A_restore_wants_an_empty_folder_and_a_whole_backup()
    {
        await using (OddityProcess server = await StartAsync("data"))
        {
            await new DurableLoad(3).SendAsync(server, _limit.Token);
            (await server.StopAsync()).ShouldBe(0);
        }

        // Without a server too, and never over something.
        (await RunAsync("backup", Folder("backup"), "--data-dir", Folder("data"))).Code.ShouldBe(0);
        (await RunAsync("backup", Folder("backup"), "--data-dir", Folder("data"))).Code.ShouldBe(74);
        (await RunAsync("backup", Folder("none"), "--data-dir", Folder("absent"))).Code.ShouldBe(74);
        (int code, _, string error) = await RunAsync("restore", Folder("backup"), "--data-dir", Folder("data"));
        code.ShouldBe(74);
        error.ShouldContain("is not empty");
        (await RunAsync("restore", Folder("backup"), "--data-dir", Folder("again"))).Code.ShouldBe(0);
        (_, string digest, _) = await RunAsync("digest", "--data-dir", Folder("data"));
        (await RunAsync("digest", "--data-dir", Folder("again"))).Output.ShouldBe(digest);

        string store = Path.Combine(Folder("backup"), "oddity.db");
        byte[] bytes = File.ReadAllBytes(store);
        bytes[^5] ^= 1;
        File.WriteAllBytes(store, bytes);
        (code, _, error) = await RunAsync("restore", Folder("backup"), "--data-dir", Folder("other"));
        code.ShouldBe(74);
        error.ShouldContain("oddity.db is not what it was");
        Directory.Exists(Folder("other")).ShouldBeFalse();
        File.Delete(Path.Combine(Folder("backup"), "manifest.json"));
        (await RunAsync("restore", Folder("backup"), "--data-dir", Folder("other"))).Code.ShouldBe(74);
    }

    private string Folder(string name) => Path.Combine(_folder, name);

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => CommandProcess.RunAsync(_folder, arguments);

    private Task<OddityProcess> StartAsync(string folder) => OddityProcess.StartAsync(Folder(folder), ["--detector", "zscore"], s_checkpoints);
}
