using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Live;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>What watches which series, limits without training, vectors, predictions, live events, and limits of the tenant.</summary>
public class WatchTests
{
    private const long Noon = 1_700_000_000_000;

    private static readonly SeriesKey Vector = SeriesKey.Create("default", "system_metrics");

    private static readonly SeriesKey[] Dimensions =
        [.. new[] { "cpu", "disk", "memory" }.Select(name => SeriesKey.Create("default", $"system_metrics_{name}"))];

    [Fact]
    public async Task The_first_sample_above_a_static_limit_is_an_anomaly_of_high_severity()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("system_metrics_cpu", [(Noon, 92.3)]);
        Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
        anomaly.ShouldSatisfyAllConditions(
            a => a.Severity.ShouldBe(Severity.High),
            a => a.Upper.ShouldBe(85),
            a => a.Methods.ShouldBe(["threshold"]),
            a => a.Configuration["threshold.above"].ShouldBe("85"),
            a => a.Explanation.ShouldContain("At 85 or below it would have stayed silent."));
    }

    [Fact]
    public async Task Rows_that_are_odd_only_together_are_one_anomaly_of_the_vector_after_two_minutes()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Watch = new() { Detector = "none", Limits = [] } });
        for (int i = 0; i < 60; i++) await SendRowAsync(engine, Noon + (i * 3000L), 40 + (i * 7 % 11), 60 + (i * 3 % 5), 50 + (i * 5 % 7));
        (await ListAsync(engine)).ShouldBeEmpty();
        await SendRowAsync(engine, Noon + 200_000, 41, 61, 95);
        Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
        anomaly.ShouldSatisfyAllConditions(
            a => a.Series.ShouldBe(Vector),
            a => a.Detector.ShouldBe("isolation_forest"),
            a => a.Value.ShouldBe(95),
            a => a.Explanation.ShouldStartWith("system_metrics_memory was 95"));
    }

    [Fact]
    public async Task A_jump_that_lasts_is_one_anomaly_with_a_streak_of_three_and_the_default_detector_and_its_evidence_is_the_beginning()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Watch = new() { Policy = new() { Streak = 3 } } });
        await engine.SendAsync("m", [.. Enumerable.Range(0, 10).Select(i => (Noon + (i * 1000L), 50.0)), .. Enumerable.Range(10, 11).Select(i => (Noon + (i * 1000L), 200.0))]);
        Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
        anomaly.ShouldSatisfyAllConditions(
            a => a.StartMs.ShouldBe(Noon + 10_000),
            a => a.Expected.ShouldBe(50),
            a => a.Methods.ShouldContain("adaptive"),
            a => a.Count.ShouldBeGreaterThanOrEqualTo(3));
        await engine.SendAsync("n", [.. Enumerable.Range(0, 10).Select(i => (Noon + (i * 1000L), 50.0)), (Noon + 10_000, 200.0), (Noon + 11_000, 200.0), (Noon + 12_000, 50.0)]);
        (await ListAsync(engine)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_rule_names_the_detector_of_the_series_it_fits()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with
        {
            Watch = new()
            {
                Detector = "zscore",
                Rules = [new("quiet_*", "none", new Dictionary<string, string>()), new("strict", "threshold", new Dictionary<string, string> { ["above"] = "10" })],
            },
        });
        foreach (string metric in new[] { "quiet_1", "strict", "other" }) await engine.SendAsync(metric, [.. Enumerable.Repeat((Noon, 1.0), 10), (Noon, 9.0)]);
        (await ListAsync(engine)).ShouldHaveSingleItem().Series.Metric.ShouldBe("other");
        await engine.SendAsync("strict", [(Noon, 11.0)]);
        (await ListAsync(engine)).Select(anomaly => anomaly.Detector).ShouldBe(["zscore", "threshold"], ignoreOrder: true);
        engine.Pipeline.FindSeries(SeriesKey.Create("default", "quiet_1"))!.Detector.ShouldBe("none");
    }

    [Fact]
    public async Task When_the_configuration_changes_between_runs_the_detector_starts_afresh_and_the_open_anomaly_is_over()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        await using (TestEngine engine = await TestEngine.StartAsync(directory)) await engine.SendAsync("m", [.. Enumerable.Repeat((Noon, 50.0), 10), (Noon + 1, 200.0)]);
        await using (TestEngine engine = await TestEngine.StartAsync(directory, options => options with { Watch = new() { Detector = "percentile" } }))
        {
            Anomaly anomaly = (await ListAsync(engine)).ShouldHaveSingleItem();
            anomaly.EndMs.ShouldBe(Noon + 1);
            engine.Pipeline.FindSeries(SeriesKey.Create("default", "m"))!.ShouldSatisfyAllConditions(
                s => s.SampleCount.ShouldBe(11), s => s.Detector.ShouldBe("percentile"), s => s.OpenAnomaly.ShouldBeNull());
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_prediction_judges_and_neither_learns_nor_stores()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        await engine.SendAsync("m", Enumerable.Range(0, 20).Select(i => (Noon + (i * 1000L), 50.0 + (i % 3))));
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        string before = (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256;
        foreach ((double value, bool odd) in new[] { (200.0, true), (51.0, false) })
        {
            var batch = new IngestBatch("default");
            batch.NextRecord();
            batch.Add(SeriesKey.Create("default", "m"), Noon + 21_000, value);
            Prediction prediction = (await engine.Pipeline.PredictAsync(batch, CancellationToken.None)).ShouldHaveSingleItem();
            prediction.Score.Anomalous.ShouldBe(odd);
            prediction.Explanation.ShouldContain(odd ? "This would be an anomaly." : "This is normal.");
        }

        (await engine.Pipeline.DigestAsync(CancellationToken.None)).Sha256.ShouldBe(before);
    }

    [Fact]
    public async Task Dashboards_hear_of_the_beginning_the_end_and_what_people_make_of_it_and_other_tenants_do_not()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        using LiveFeed.Subscription mine = engine.Pipeline.Live.Subscribe("default"), other = engine.Pipeline.Live.Subscribe("other");
        await engine.SendAsync("m", [.. Enumerable.Repeat((Noon, 50.0), 10), (Noon, 200.0)]);
        LiveEvent opened = await mine.Events.ReadAsync(TestContext.Current.CancellationToken);
        await engine.Pipeline.SetStatusAsync("default", opened.Anomaly.Id, AnomalyStatus.Acknowledged, "ada", null, CancellationToken.None);
        LiveEvent status = await mine.Events.ReadAsync(TestContext.Current.CancellationToken);
        await engine.SendAsync("m", Enumerable.Repeat((Noon, 50.0), 3));
        LiveEvent closed = await mine.Events.ReadAsync(TestContext.Current.CancellationToken);
        new[] { opened, status, closed }.Select(e => e.Kind).ShouldBe(["opened", "status", "closed"]);
        closed.Anomaly.Status.ShouldBe(AnomalyStatus.Acknowledged);
        other.Events.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_watcher_that_falls_behind_loses_the_oldest_and_is_told_how_many()
    {
        var feed = new LiveFeed();
        using LiveFeed.Subscription slow = feed.Subscribe("default");
        Anomaly anomaly = ManualAnomaly.Of(Vector, Noon, 1, Severity.Low, "");
        for (int i = 0; i < 300; i++) feed.Publish(new("opened", anomaly with { Count = i }));
        slow.Missed.ShouldBe(44);
        slow.Events.TryRead(out LiveEvent? first).ShouldBeTrue();
        first!.Anomaly.Count.ShouldBe(44);
    }

    [Fact]
    public async Task Beyond_the_limit_of_series_new_ones_are_refused_and_known_ones_served()
    {
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { MaxSeriesPerTenant = 2 });
        await engine.SendAsync("a", [(Noon, 1)]);
        await engine.SendAsync("b", [(Noon, 1)]);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        (await engine.SendAsync("c", [(Noon, 1)])).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(IngestOutcome.OverLimit), r => r.Limit.ShouldBe("series"), r => r.RetryAfter.ShouldNotBeNull());
        (await engine.SendAsync("a", [(Noon, 2)])).Outcome.ShouldBe(IngestOutcome.Stored);
    }

    [Fact]
    public async Task An_anomaly_reported_by_hand_is_stored_once()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        for (int i = 0; i < 2; i++) await engine.Pipeline.ReportAsync(Vector, Noon, 97, Severity.High, "seen by eye", CancellationToken.None);
        (await ListAsync(engine)).ShouldHaveSingleItem().Explanation.ShouldBe("seen by eye");
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_and_filters_hold()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        for (int i = 0; i < 25; i++) await engine.Pipeline.ReportAsync(Vector, Noon + (i / 3), i, (Severity)(i % 5), "", CancellationToken.None);
        var seen = new List<Anomaly>();
        string? cursor = null;
        do
        {
            AnomalyPage page = await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default", Limit = 7, Cursor = cursor }, CancellationToken.None);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        seen.Select(anomaly => anomaly.Id).Distinct().Count().ShouldBe(25);
        seen.Select(anomaly => anomaly.StartMs).ShouldBeInOrder(SortDirection.Descending);
        AnomalyPage filtered = await engine.Pipeline.ListAnomaliesAsync(
            new() { Tenant = "default", Severities = [Severity.Critical], FromMs = Noon + 1, ToMs = Noon + 5 }, CancellationToken.None);
        filtered.Items.ShouldAllBe(anomaly => anomaly.Severity == Severity.Critical && anomaly.StartMs >= Noon + 1 && anomaly.StartMs < Noon + 5);
        filtered.Items.Count.ShouldBe(3);
        await Should.ThrowAsync<FormatException>(() => engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default", Cursor = "x!" }, CancellationToken.None));
    }

    private static async Task SendRowAsync(TestEngine engine, long timeMs, double cpu, double disk, double memory)
    {
        var batch = new IngestBatch("default");
        batch.NextRecord();
        batch.AddVector(Vector, Dimensions, timeMs, [cpu, disk, memory]);
        (await engine.Pipeline.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Accepted.ShouldBe(1);
    }

    private static async Task<IReadOnlyList<Anomaly>> ListAsync(TestEngine engine)
    {
        await engine.Pipeline.SettleAsync(CancellationToken.None);
        return (await engine.Pipeline.ListAnomaliesAsync(new() { Tenant = "default" }, CancellationToken.None)).Items;
    }
}
