namespace Oddity.Server.Tests;

/// <summary>kill -9 where it could hurt most: while a checkpoint is being written, and while a start replays the log.</summary>
[Collection("reliability")]
public sealed class KillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-kill-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(3));

    private string Data => Path.Combine(_folder, "data");

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task In_the_middle_of_checkpoints_and_of_replays_nothing_is_lost_or_repeated()
    {
        const int batches = 80;
        var environment = new Dictionary<string, string> { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" };
        (string, string) undisturbed;
        await using (OddityProcess quiet = await OddityProcess.StartAsync(Path.Combine(_folder, "quiet"), ["--detector", "zscore"], environment))
        {
            await new DurableLoad(batches).SendAsync(quiet, _limit.Token);
            undisturbed = await DurableLoad.ResultAsync(quiet);
        }

        await using OddityProcess server = await OddityProcess.StartAsync(Data, ["--detector", "zscore"], environment);
        var load = new DurableLoad(batches);
        Task sending = load.SendAsync(server, _limit.Token);
        for (int kill = 1; kill <= 5; kill++)
        {
            await load.UntilAsync(load.Batches * kill / 7, sending);
            await CheckpointBeginsAsync(sending);
            await server.KillAsync();
            server.Restart();
            await ReplayBeginsAsync(server);
            await server.KillAsync();
            server.Restart();
            await server.WaitUntilReadyAsync();
        }

        await sending;
        await load.CheckAsync(server, load.AcknowledgedNow());
        (await DurableLoad.ResultAsync(server)).ShouldBe(undisturbed);
    }

    /// <summary>A checkpoint writes more than anything else to the store's own log, so it is when that one changes.</summary>
    private async Task CheckpointBeginsAsync(Task sending)
    {
        var wal = new FileInfo(Path.Combine(Data, "oddity.db-wal"));
        (long length, DateTime written) = (wal.Length, wal.LastWriteTimeUtc);
        while (!sending.IsCompleted)
        {
            wal.Refresh();
            if (wal.Exists && (wal.Length != length || wal.LastWriteTimeUtc != written)) return;
            await Task.Delay(1, _limit.Token);
        }
    }

    /// <summary>The store is open again, and the log is being read.</summary>
    private async Task ReplayBeginsAsync(OddityProcess server)
    {
        while (!server.Output.Contains("series loaded", StringComparison.Ordinal)) await Task.Delay(1, _limit.Token);
    }
}
