using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Tests;

public class OutboxTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;

    [Fact]
    public async Task An_anomaly_is_sent_once_to_each_channel_its_rule_names_and_to_no_other()
    {
        Sink slack = new("slack"), pager = new("pagerduty"), mail = new("email");
        await using TestEngine engine = await TestEngine.StartAsync(
            change: options => options with
            {
                Alerting = new() { Rules = [new("cpu*", Severity.High, ["slack", "pagerduty"]), new("*", Severity.Critical, ["email"])] },
            },
            channels: [slack, pager, mail]);
        await BreakAsync(engine, "cpu_usage");
        await WaitForAsync(() => slack.Alerts.Count == 1 && pager.Alerts.Count == 1);
        slack.Alerts.Single().Anomaly.Value.ShouldBe(200);
        slack.Alerts.Single().Id.ShouldNotBe(pager.Alerts.Single().Id);
        mail.Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_channel_that_fails_is_tried_again_and_one_that_cannot_take_it_is_not()
    {
        Sink flaky = new("flaky", attempt => attempt < 2 ? new(false, true, "503") : Delivery.Done), never = new("never", _ => new(false, false, "410"));
        await using TestEngine engine = await TestEngine.StartAsync(
            change: options => options with { Alerting = new() { DefaultChannels = ["flaky", "never"] } }, channels: [flaky, never]);
        await BreakAsync(engine, "m");
        await WaitForAsync(() => flaky.Alerts.Count == 2);
        flaky.Alerts.Select(alert => alert.Id).Distinct().ShouldHaveSingleItem();
        never.Alerts.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task That_a_channel_fails_and_is_well_again_is_logged_once_each()
    {
        Sink slack = new("slack", attempt => attempt < 3 ? new(false, true, "503") : Delivery.Done);
        using var log = new LogLines();
        await using TestEngine engine = await TestEngine.StartAsync(
            change: options => options with { Alerting = new() { DefaultChannels = ["slack"] } }, channels: [slack], loggers: log);
        await BreakAsync(engine, "m");
        await WaitForAsync(() => log.Lines.Count(line => line.Contains("slack", StringComparison.Ordinal)) == 2);
        slack.Alerts.Count.ShouldBe(3);
        log.Lines.ShouldContain("Warning Alerts to slack fail and are tried again: 503");
        log.Lines.ShouldContain("Information Alerts to slack are delivered again");
    }

    [Fact]
    public async Task What_was_not_sent_before_a_restart_is_sent_after_it_and_what_was_is_not()
    {
        string directory = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        Sink down = new("slack", _ => new(false, true, "down")), up = new("slack");
        Func<EngineOptions, EngineOptions> route = options => options with { Alerting = new() { DefaultChannels = ["slack"] } };
        await using (TestEngine engine = await TestEngine.StartAsync(directory, route, [down]))
        {
            await BreakAsync(engine, "m");
            await WaitForAsync(() => !down.Alerts.IsEmpty);
        }

        await using (TestEngine engine = await TestEngine.StartAsync(directory, route, [up])) await WaitForAsync(() => up.Alerts.Count == 1);
        Sink again = new("slack");
        await using (TestEngine engine = await TestEngine.StartAsync(directory, route, [again]))
        {
            await BreakAsync(engine, "other");
            await WaitForAsync(() => !again.Alerts.IsEmpty);
        }

        again.Alerts.ShouldHaveSingleItem().Anomaly.Series.Metric.ShouldBe("other");
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Old_data_that_is_uploaded_alerts_nobody()
    {
        Sink slack = new("slack");
        await using TestEngine engine = await TestEngine.StartAsync(change: options => options with { Alerting = new() { DefaultChannels = ["slack"] } }, channels: [slack]);
        await engine.SendAsync("old", [.. Enumerable.Repeat((1_234_567_890_000L, 50.0), 10), (1_234_567_890_000L, 200.0)]);
        await BreakAsync(engine, "fresh");
        await WaitForAsync(() => !slack.Alerts.IsEmpty);
        slack.Alerts.ShouldHaveSingleItem().Anomaly.Series.Metric.ShouldBe("fresh");
        (await engine.ExportAsync()).Count.ShouldBe(2);
    }

    private static async Task BreakAsync(TestEngine engine, string metric)
    {
        await engine.SendAsync(metric, [.. Enumerable.Repeat((Now, 50.0), 10), (Now, 200.0)]);
        await engine.Pipeline.SettleAsync(CancellationToken.None);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Sink(string name, Func<int, Delivery>? answer = null) : IChannel
    {
        public string Name => name;

        public ConcurrentQueue<Alert> Alerts { get; } = [];

        public Task<Delivery> SendAsync(Alert alert, CancellationToken cancel)
        {
            Alerts.Enqueue(alert);
            return Task.FromResult(answer?.Invoke(Alerts.Count) ?? Delivery.Done);
        }
    }
}
