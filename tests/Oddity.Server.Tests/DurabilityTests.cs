namespace Oddity.Server.Tests;

/// <summary>
/// What was acknowledged is there, once, and anomalies are those of an undisturbed run, byte for byte: when the process is killed under load, while it
/// replays and while it writes checkpoints; when it is told to stop; and when the power is cut.
/// </summary>
[Collection("reliability")]
public sealed class DurabilityTests : IDisposable
{
    private const int Kills = 20, Cuts = 5;
    private static readonly Dictionary<string, string> s_checkpoints = new() { ["ODDITY_ENGINE__CHECKPOINT_INTERVAL"] = "1s" };
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-durable-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(4));

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Killing_the_process_twenty_times_under_load_loses_nothing_acknowledged_and_repeats_no_anomaly()
    {
        const int batches = 120;
        (string export, string digest) undisturbed = await UndisturbedAsync(batches);
        await using OddityProcess server = await StartAsync("killed");
        var load = new DurableLoad(batches);
        Task sending = load.SendAsync(server, _limit.Token);
        for (int kill = 1; kill <= Kills; kill++)
        {
            await load.UntilAsync(load.Batches * kill / (Kills + 1), sending);
            await server.KillAsync();
            server.Restart();
            // Every fifth time once more while it starts and replays, a little later each time.
            if (kill % 5 != 0) continue;
            await Task.Delay(100 + (kill * 20), TestContext.Current.CancellationToken);
            await server.KillAsync();
            server.Restart();
        }

        await sending;
        await server.WaitUntilReadyAsync();
        await load.CheckAsync(server, load.AcknowledgedNow());
        (await DurableLoad.ResultAsync(server)).ShouldBe(undisturbed);
        undisturbed.export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeGreaterThan(10);
        (await server.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_stop_under_load_drains_and_what_was_acknowledged_is_there_after_a_new_start()
    {
        const int batches = 60;
        await using OddityProcess server = await StartAsync("stopped");
        var load = new DurableLoad(batches);
        Task sending = load.SendAsync(server, _limit.Token);
        await load.UntilAsync(load.Batches / 3, sending);

        (await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), _limit.Token)).ShouldBe(0, server.Output);

        int[] acknowledged = load.AcknowledgedNow();
        server.Restart();
        await server.WaitUntilReadyAsync();
        await load.CheckAsync(server, acknowledged);
        await sending;
        (await DurableLoad.ResultAsync(server)).ShouldBe(await UndisturbedAsync(batches));
    }

    /// <summary>
    /// The data directory is a file system in an image. The process is stopped in mid-flight and the image copied: it holds what was handed to the disk
    /// and nothing that was only in memory, as after a power cut.
    /// </summary>
    [Fact]
    public async Task Cutting_the_power_five_times_loses_nothing_acknowledged()
    {
        const int batches = 60;
        using var disk = DiskImage.Create(Path.Combine(_folder, "disk"), megabytes: 160);
        (string export, string digest) undisturbed = await UndisturbedAsync(batches);
        await using OddityProcess server = await OddityProcess.StartAsync(Path.Combine(disk.Folder, "data"), ["--detector", "zscore"], s_checkpoints);
        var load = new DurableLoad(batches);
        Task sending = load.SendAsync(server, _limit.Token);
        for (int cut = 1; cut <= Cuts; cut++)
        {
            await load.UntilAsync(load.Batches * cut / (Cuts + 1), sending);
            int[] acknowledged = load.AcknowledgedNow();
            server.Pause();
            using DiskImage copy = disk.Copy(Path.Combine(_folder, $"cut{cut}"));
            server.Continue();
            await using OddityProcess after = await OddityProcess.StartAsync(Path.Combine(copy.Folder, "data"), ["--detector", "zscore"], s_checkpoints);
            await load.CheckAsync(after, acknowledged);
            if (cut is 1 or Cuts)
            {
                await new DurableLoad(batches).SendAsync(after, _limit.Token);
                (await DurableLoad.ResultAsync(after)).ShouldBe(undisturbed);
            }

        }

        await sending;
        (await DurableLoad.ResultAsync(server)).ShouldBe(undisturbed);
        (await server.StopAsync()).ShouldBe(0);
    }

    private async Task<(string Export, string Digest)> UndisturbedAsync(int batches)
    {
        await using OddityProcess server = await StartAsync("undisturbed");
        await new DurableLoad(batches).SendAsync(server, _limit.Token);
        return await DurableLoad.ResultAsync(server);
    }

    private Task<OddityProcess> StartAsync(string folder) => OddityProcess.StartAsync(Path.Combine(_folder, folder), ["--detector", "zscore"], s_checkpoints);
}
