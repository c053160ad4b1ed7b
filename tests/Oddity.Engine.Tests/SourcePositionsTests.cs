using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Tests;

/// <summary>How far a source has come is on disk with what its messages led to, or neither is.</summary>
public sealed class SourcePositionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_position_is_there_once_its_batch_is_and_after_a_replay_and_after_a_checkpoint()
    {
        string killed = Path.Combine(_folder, "killed"), stopped = Path.Combine(_folder, "stopped");
        await using (TestEngine engine = await TestEngine.StartAsync(stopped))
        {
            engine.Pipeline.PositionOf("kafka/events/0").ShouldBeNull();
            await engine.SendAsync("m", [(1_000, 1)], At("kafka/events/0", "17"));
            await engine.SendAsync("m", [(2_000, 2)], At("kafka/events/0", "18"));
            await engine.SendAsync("m", [(2_000, 2)], At("kafka/events/1", "5"));
            engine.Pipeline.PositionOf("kafka/events/0").ShouldBe("18");
            TestEngine.Copy(stopped, killed);
        }

        foreach (string folder in new[] { killed, stopped, stopped })
        {
            await using TestEngine again = await TestEngine.StartAsync(folder);
            again.Pipeline.PositionOf("kafka/events/0").ShouldBe("18");
            again.Pipeline.PositionOf("kafka/events/1").ShouldBe("5");
            await again.Pipeline.CheckpointAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_batch_without_a_good_record_is_stored_for_its_position()
    {
        await using (TestEngine engine = await TestEngine.StartAsync(_folder))
        {
            IngestResult result = await engine.SendAsync("m", [(1_000, double.NaN)], At("queue", "1"));

            result.Outcome.ShouldBe(IngestOutcome.Stored);
            result.Accepted.ShouldBe(0);
            result.Rejected.ShouldBe(1);
        }

        await using TestEngine again = await TestEngine.StartAsync(_folder);
        again.Pipeline.PositionOf("queue").ShouldBe("1");
        again.Pipeline.ListSeries("default", null, null, 10).ShouldBeEmpty();
    }

    [Fact]
    public void A_staged_file_gives_back_what_was_written_last_and_nothing_of_a_write_that_was_cut_off()
    {
        string path = Path.Combine(_folder, "queues", "kafka.staged");
        using (var file = new StagedFile(path))
        {
            file.Read().ShouldBeNull();
            file.Write(new byte[10_000]);
            file.Write([1, 2, 3]);
        }

        using (var file = new StagedFile(path)) file.Read().ShouldBe([1, 2, 3]);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[45]++;
        File.WriteAllBytes(path, bytes);
        using (var file = new StagedFile(path)) file.Read().ShouldBeNull();
        File.WriteAllBytes(path, bytes[..46]);
        using (var file = new StagedFile(path)) file.Read().ShouldBeNull();
    }

    private static IngestOptions At(string place, string position) => new(Backfill: true) { Positions = [new(place, position)] };
}
