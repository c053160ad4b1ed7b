using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Tests;

/// <summary>The note beside a committed offset tells each worker how far it came itself.</summary>
public sealed class KafkaOwnersTests
{
    [Fact]
    public void Each_worker_finds_how_far_it_came_whoever_committed_after_it()
    {
        string first = new KafkaOwners("").With("a", 200);
        string second = new KafkaOwners(first).With("b", 350);
        var owners = new KafkaOwners(new KafkaOwners(second).With("b", 400));

        owners.IsOurs.ShouldBeTrue();
        owners.Reached("a", 200).ShouldBeTrue();
        owners.Reached("a", 201).ShouldBeFalse();
        owners.Reached("b", 400).ShouldBeTrue();
        owners.Reached("c", 1).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("reset by a tool")]
    [InlineData("oddity2 a=1")]
    public void What_another_program_wrote_is_not_ours(string note)
    {
        var owners = new KafkaOwners(note);

        owners.IsOurs.ShouldBeFalse();
        owners.Reached("a", 1).ShouldBeFalse();
    }

    [Fact]
    public void A_hundred_and_twenty_eight_workers_fit_into_what_a_broker_allows_and_the_one_furthest_behind_goes()
    {
        string note = "";
        for (int i = 0; i < 140; i++) note = new KafkaOwners(note).With($"{i:x10}", long.MaxValue - 200 + i);

        note.Length.ShouldBeLessThanOrEqualTo(4096);
        new KafkaOwners(note).Reached($"{139:x10}", long.MaxValue - 200 + 139).ShouldBeTrue();
        new KafkaOwners(note).Reached($"{12:x10}", 1).ShouldBeTrue();
        new KafkaOwners(note).Reached($"{11:x10}", 1).ShouldBeFalse();
    }

    [Fact]
    public void A_staged_round_reads_back_as_it_was()
    {
        var round = new StagedRound(7, "w", [new("events", 3, 100, 103)], [new("events", 3, 100, null, null, [1, 2]), new("events", 3, 102, 1_700_000_000_000, "id", [])]);

        StagedRound back = StagedRound.From(round.ToBytes());

        (back.Number, back.Worker).ShouldBe((7, "w"));
        back.Spans.ShouldBe(round.Spans);
        back.Messages.Select(message => (message.Topic, message.Partition, message.Number, message.TimeMs, message.Id)).ShouldBe([("events", 3, 100, null, null), ("events", 3, 102, 1_700_000_000_000, "id")]);
        back.Messages[0].Body.ShouldBe([1, 2]);
    }
}
