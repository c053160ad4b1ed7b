namespace Oddity.Detection.Tests;

public class PolicyTests
{
    [Fact]
    public void One_odd_sample_opens_and_three_calm_ones_close()
    {
        var policy = new Policy(new());
        Step(policy, "o").ShouldBe([Verdict.Opened]);
        Step(policy, "..o..").ShouldBe([Verdict.Continues, Verdict.Continues, Verdict.Continues, Verdict.Continues, Verdict.Continues]);
        Step(policy, "..").ShouldBe([Verdict.Closed, Verdict.Normal]);
    }

    [Fact]
    public void A_streak_opens_at_its_last_sample_and_begins_at_its_first()
    {
        var policy = new Policy(PolicyPresets.Streak);
        Step(policy, "oo.oo").ShouldAllBe(verdict => verdict == Verdict.Normal);
        Step(policy, "o", from: 5).ShouldBe([Verdict.Opened]);
        policy.StartMs.ShouldBe(3);
        policy.LastOddMs.ShouldBe(5);
        policy.Count.ShouldBe(3);
    }

    [Fact]
    public void An_anomaly_that_is_over_keeps_its_figures_until_the_next_begins()
    {
        var policy = new Policy(new() { ClearAfter = 1 });
        Step(policy, "oo.");
        (policy.IsOpen, policy.StartMs, policy.LastOddMs, policy.Count).ShouldBe((false, 0, 1, 2));
        Step(policy, "o", from: 9);
        (policy.IsOpen, policy.StartMs, policy.LastOddMs, policy.Count).ShouldBe((true, 9, 9, 1));
    }

    [Theory]
    [InlineData(Direction.Above, 12, true)]
    [InlineData(Direction.Above, 8, false)]
    [InlineData(Direction.Below, 12, false)]
    [InlineData(Direction.Below, 8, true)]
    [InlineData(Direction.Both, 8, true)]
    public void Only_the_side_that_was_asked_for_counts(Direction direction, double value, bool odd) =>
        Opens(new() { Direction = direction }, Odd(expected: 10), value).ShouldBe(odd);

    [Theory]
    [InlineData(14.9, false)]
    [InlineData(15, true)]
    [InlineData(5, true)]
    public void Small_changes_do_not_count(double value, bool odd)
    {
        Opens(new() { MinimumChange = 5 }, Odd(expected: 10), value).ShouldBe(odd);
        Opens(new() { MinimumRelativeChange = 0.5 }, Odd(expected: 10), value).ShouldBe(odd);
    }

    [Fact]
    public void A_threshold_replaces_the_detectors_vote()
    {
        Opens(new() { Threshold = 0.4 }, Odd(value: 0.3), 1).ShouldBeFalse();
        Opens(new() { Threshold = 0.4 }, Odd(value: 0.4) with { Anomalous = false }, 1).ShouldBeTrue();
    }

    [Fact]
    public void While_it_warms_up_only_a_rule_that_needs_no_training_counts()
    {
        Score warming = Odd(value: 0.9) with { WarmingUp = true };
        Opens(new() { Threshold = 0.4 }, warming with { Anomalous = false }, 1).ShouldBeFalse();
        Opens(new() { Threshold = 0.4 }, warming, 1).ShouldBeTrue();
    }

    [Fact]
    public void While_open_less_suffices_to_stay_so()
    {
        var policy = new Policy(new() { Threshold = 0.5, ClearRatio = 0.8, ClearAfter = 1 });
        policy.Step(new(0, 1), Odd(value: 0.45)).ShouldBe(Verdict.Normal);
        policy.Step(new(1, 1), Odd(value: 0.5)).ShouldBe(Verdict.Opened);
        policy.Step(new(2, 1), Odd(value: 0.4)).ShouldBe(Verdict.Continues);
        policy.Count.ShouldBe(2);
        policy.Step(new(3, 1), Odd(value: 0.39)).ShouldBe(Verdict.Closed);
        policy.Step(new(4, 1), Odd(value: 0.45)).ShouldBe(Verdict.Normal);
    }

    [Fact]
    public void While_open_a_value_outside_the_band_stays_odd_though_the_detector_votes_for_beginnings_only()
    {
        var policy = new Policy(new() { ClearAfter = 1 });
        policy.Step(new(0, 99), Odd()).ShouldBe(Verdict.Opened);
        policy.Step(new(1, 99), Odd() with { Anomalous = false, Lower = 8, Upper = 12 }).ShouldBe(Verdict.Continues);
        policy.Count.ShouldBe(2);
        policy.Step(new(2, 11), Odd() with { Anomalous = false, Lower = 8, Upper = 12 }).ShouldBe(Verdict.Closed);
    }

    [Fact]
    public void A_streak_goes_on_while_values_stay_outside_the_band_its_first_odd_sample_had()
    {
        var policy = new Policy(new() { Streak = 3 });
        policy.Step(new(0, 99), Odd() with { Lower = 8, Upper = 12 }).ShouldBe(Verdict.Normal);
        policy.Step(new(1, 98), Odd() with { Anomalous = false, Lower = 0, Upper = 100 }).ShouldBe(Verdict.Normal);
        policy.Pending.ShouldBe(2);
        policy.Step(new(2, 97), Odd() with { Anomalous = false, Lower = 0, Upper = 100 }).ShouldBe(Verdict.Opened);
        policy.StartMs.ShouldBe(0);
    }

    [Fact]
    public void A_late_sample_moves_no_end_back()
    {
        var policy = new Policy(new());
        policy.Step(new(100, 1), Odd());
        policy.Step(new(50, 1), Odd());
        (policy.StartMs, policy.LastOddMs, policy.Count).ShouldBe((100, 100, 2));
    }

    [Fact]
    public void Saved_and_loaded_it_goes_on()
    {
        var random = new Random(13);
        Policy whole = new(new() { Streak = 3, ClearAfter = 4 }), broken = new(new() { Streak = 3, ClearAfter = 4 });
        for (int i = 0; i < 2000; i++)
        {
            var writer = new StateWriter();
            broken.Save(writer);
            broken = new(new() { Streak = 3, ClearAfter = 4 });
            broken.Load(new(writer.Written.ToArray()));
            Score score = Odd() with { Anomalous = random.Next(2) == 0 };
            broken.Step(new(i, 1), score).ShouldBe(whole.Step(new(i, 1), score));
            (broken.IsOpen, broken.StartMs, broken.LastOddMs, broken.Count).ShouldBe((whole.IsOpen, whole.StartMs, whole.LastOddMs, whole.Count));
        }
    }

    [Fact]
    public void A_state_with_a_negative_count_is_refused()
    {
        var writer = new StateWriter();
        writer.Bool(true);
        foreach (int count in (int[])[-1, 0, 0]) writer.Int32(count);
        foreach (long time in (long[])[0, 0]) writer.Int64(time);
        Should.Throw<InvalidDataException>(() => new Policy(new()).Load(new(writer.Written.ToArray())));
    }

    [Fact]
    public void Presets_have_the_names_of_the_systems_they_come_from()
    {
        PolicyPresets.All.Keys.ShouldBe(["every-anomaly", "routed", "streak"]);
        PolicyPresets.All["every-anomaly"].Streak.ShouldBe(1);
        PolicyPresets.All["streak"].Streak.ShouldBe(3);
        PolicyPresets.All["routed"].Streak.ShouldBe(1);
    }

    /// <summary>"o" is an odd sample, "." a calm one; times count up from <paramref name="from"/>.</summary>
    private static Verdict[] Step(Policy policy, string samples, long from = 0) =>
        [.. samples.Select((sample, i) => policy.Step(new(from + i, 1), Odd() with { Anomalous = sample == 'o' }))];

    private static bool Opens(PolicyOptions options, Score score, double value) => new Policy(options).Step(new(0, value), score) == Verdict.Opened;

    private static Score Odd(double expected = 0, double value = 0.7) => new()
    {
        Value = value,
        Expected = expected,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Anomalous = true,
        Term = "test",
    };
}
