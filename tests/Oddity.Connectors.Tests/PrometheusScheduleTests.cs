using Oddity.Connectors.Sources.Prometheus;

namespace Oddity.Connectors.Tests;

public sealed class PrometheusScheduleTests
{
    private const long Now = 1_700_000_010_000;
    private const long Step = 15_000;
    private readonly Dictionary<string, long?> _last = [];

    [Fact]
    public void A_metric_the_engine_does_not_know_begins_an_hour_ago_and_then_goes_on_without_gap_or_repeat()
    {
        PullSchedule schedule = Schedule("a");

        List<(long Start, long End)> ranges = CatchUp(schedule, Now);
        ranges.Count.ShouldBe(1);
        ranges[0].End.ShouldBe(Now / Step * Step);
        ((ranges[0].End - ranges[0].Start) / Step).ShouldBe(240);

        CatchUp(schedule, Now).ShouldBeEmpty();
        CatchUp(schedule, Now + Step).ShouldBe([(ranges[0].End + Step, ranges[0].End + Step)]);
    }

    [Fact]
    public void After_an_outage_it_catches_up_from_the_engines_last_sample_in_chunks()
    {
        long last = (Now - 86_400_000) / Step * Step;
        _last["a"] = last;

        List<(long Start, long End)> ranges = CatchUp(Schedule("a"), Now);

        ranges[0].Start.ShouldBe(last + Step);
        ranges[^1].End.ShouldBe(Now / Step * Step);
        ranges.ShouldAllBe(range => (range.End - range.Start) / Step < 250);
        for (int i = 1; i < ranges.Count; i++) ranges[i].Start.ShouldBe(ranges[i - 1].End + Step);
    }

    [Fact]
    public void What_is_older_than_it_may_catch_up_is_given_up()
    {
        _last["a"] = Now - 400L * 86_400_000;

        CatchUp(Schedule("a"), Now)[0].Start.ShouldBeInRange(Now - 30L * 86_400_000, Now - 30L * 86_400_000 + Step);
    }

    [Fact]
    public void Gauges_that_stand_at_the_same_time_share_requests_and_rates_do_not()
    {
        _last["late"] = Now - 4 * Step;
        PullSchedule schedule = Schedule([.. Enumerable.Range(0, 45).Select(i => $"g{i:00}"), "late", "odd.name", "r1:rate", "r2:rate"]);

        List<PullRequest> requests = schedule.Next(Now, Now);

        requests.Count.ShouldBe(3 + 1 + 1 + 2);
        requests.ShouldContain(request => request.Query == "last_over_time({__name__=~\"late\"}[15000ms])" && request.Metric == null);
        requests.ShouldContain(request => request.Query == "(last_over_time({__name__=\"odd.name\"}[15000ms]))");
        requests.ShouldContain(request => request.Query.StartsWith("(irate({__name__=\"r1\"}") && request.Metric == "r1:rate");
    }

    [Fact]
    public void A_refused_group_is_asked_for_one_by_one_and_a_refused_metric_for_less_and_less_and_then_rarely()
    {
        PullSchedule schedule = Schedule("a", "b");
        Refuse(schedule.Next(Now, Now).Single());
        List<PullRequest> single = schedule.Next(Now, Now);
        single.Count.ShouldBe(2);
        schedule.Took(single.Single(request => request.Metric == "b"));

        var points = new List<long>();
        while (schedule.Next(Now, Now) is [var request])
        {
            points.Add((request.EndMs - request.StartMs) / Step + 1);
            Refuse(request);
        }

        points.ShouldBe([241, 31, 3, 1]);
        schedule.Troubled.Single().Trouble.ShouldBe("too much");
        schedule.Next(Now + 59_000, Now + 59_000).ShouldAllBe(request => request.Metric == "b");
        schedule.Next(Now + 60_000, Now + 60_000).ShouldContain(request => request.Metric == "a");
    }

    [Fact]
    public void What_is_gone_is_no_longer_asked_for_and_goes_on_where_it_stood_when_it_is_back()
    {
        PullSchedule schedule = Schedule("a", "b");
        CatchUp(schedule, Now);
        schedule.Update([(new Pull("b", PullKind.Gauge, "b"), [SeriesSelector.All])], Now);
        schedule.Count.ShouldBe(1);

        _last["a"] = Now / Step * Step;
        schedule.Update([.. new[] { "a", "b" }.Select(name => (new Pull(name, PullKind.Gauge, name), (IReadOnlyList<SeriesSelector>)[SeriesSelector.All]))], Now + Step);
        schedule.Next(Now + Step, Now + Step).Single().StartMs.ShouldBe(Now / Step * Step + Step);
    }

    private static void Refuse(PullRequest request) => PullSchedule.Refused(request, "too much", Now);

    private PullSchedule Schedule(params string[] metrics)
    {
        var schedule = new PullSchedule(TimeSpan.FromMilliseconds(Step), TimeSpan.FromMilliseconds(4 * Step), TimeSpan.FromDays(30), metric => _last.GetValueOrDefault(metric));
        schedule.Update(
            [.. metrics.Select(name => name.EndsWith(":rate") ? new Pull(name, PullKind.Rate, name[..^5]) : new Pull(name, PullKind.Gauge, name))
                .Select(pull => (pull, (IReadOnlyList<SeriesSelector>)[SeriesSelector.All]))],
            Now);
        return schedule;
    }

    private static List<(long Start, long End)> CatchUp(PullSchedule schedule, long nowMs)
    {
        var ranges = new List<(long, long)>();
        while (schedule.Next(nowMs, nowMs) is [var request])
        {
            ranges.Add((request.StartMs, request.EndMs));
            schedule.Took(request);
        }

        return ranges;
    }
}
