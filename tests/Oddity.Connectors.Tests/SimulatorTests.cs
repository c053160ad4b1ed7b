using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Outbound;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Simulator;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

public sealed class SimulatorTests
{
    private static readonly SimulatorOptions Fast = new() { Interval = TimeSpan.FromMilliseconds(1) };
    private readonly List<string> _said = [];

    [Fact]
    public void A_tenth_of_the_readings_is_odd_and_every_value_is_a_percentage()
    {
        var machine = new SimulatedMachine(seed: 7, anomalousShare: 0.1);
        SimulatedMachine.Reading[] readings = [.. Enumerable.Range(0, 10_000).Select(_ => machine.Next())];

        readings.Count(reading => reading.Anomalous).ShouldBeInRange(900, 1100);
        readings.ShouldAllBe(reading => reading.Cpu >= 0 && reading.Cpu <= 100 && reading.Memory >= 0 && reading.Memory <= 100 && reading.Disk >= 0 && reading.Disk <= 100);
        readings.Where(reading => reading.Anomalous).ShouldAllBe(reading => reading.Cpu > 85 && reading.Disk > 90);
        readings.Where(reading => !reading.Anomalous).ShouldAllBe(reading => reading.Cpu < 85 && reading.Memory < 85 && reading.Disk < 90);
    }

    [Fact]
    public void The_same_seed_tells_the_same_story()
    {
        SimulatedMachine one = new(3, 0.1), same = new(3, 0.1), other = new(4, 0.1);
        SimulatedMachine.Reading[] story = [.. Enumerable.Range(0, 100).Select(_ => one.Next())];

        Enumerable.Range(0, 100).Select(_ => same.Next()).ShouldBe(story);
        Enumerable.Range(0, 100).Select(_ => other.Next()).ShouldNotBe(story);
    }

    [Fact]
    public async Task In_the_server_a_reading_is_a_vector_of_the_series_of_ingest()
    {
        var sink = new RecordingSink();
        var source = new SimulatorSource(Fast, sink.TakeAsync, TimeProvider.System, NullLogger<SimulatorSource>.Instance);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(cancel.Token);
        await RecordingSink.UntilAsync(() => sink.Batches.Count >= 3, "three readings");
        source.Status.State.ShouldBe(SourceState.Ok);
        await cancel.CancelAsync();
        await running;

        IngestBatch.VectorRow row = sink.Batches[0].Vectors.ShouldHaveSingleItem();
        row.Vector.Text.ShouldBe("system_metrics{host=\"demo\"}");
        row.Dimensions.Select(key => key.Metric).ShouldBe(["system_metrics_cpu", "system_metrics_disk", "system_metrics_memory"]);
        sink.Batches[0].Rows.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_client_posts_the_readings_and_ends_after_the_count()
    {
        await using var server = new FakeServer(_ => new(200, "{\"accepted\":1,\"rejected\":0}"));
        using OutboundHttp http = Http();
        var client = new SimulatorClient(new() { Url = server.Url, Count = 3, Token = "odd_t", Simulator = Fast }, http, new ManualTime(1_700_000_000_123), _said.Add);

        await client.RunAsync(TestContext.Current.CancellationToken);

        client.Sent.ShouldBe(3);
        server.Requests.Count.ShouldBe(3);
        server.Requests.ShouldAllBe(request => request.Method == "POST" && request.Path == "/ingest" && request.Headers["Authorization"] == "Bearer odd_t");
        using JsonDocument body = JsonDocument.Parse(server.Requests[0].Body);
        body.RootElement.EnumerateObject().Select(field => field.Name).ShouldBe(["timestamp", "cpu", "memory", "disk"]);
        body.RootElement.GetProperty("timestamp").GetString().ShouldBe("2023-11-14T22:13:20.123Z");
        body.RootElement.GetProperty("cpu").GetDouble().ShouldBeInRange(0, 100);
    }

    [Theory]
    [InlineData(401, "token")]
    [InlineData(403, "token")]
    [InlineData(404, "is this an Oddity server?")]
    [InlineData(302, "final address")]
    [InlineData(400, "bad \u2026 thing")]
    public async Task A_refusal_ends_the_client_and_says_what_to_do(int status, string advice)
    {
        await using var server = new FakeServer(_ => new(status, "bad \u2026 thing"));
        using OutboundHttp http = Http();
        var client = new SimulatorClient(new() { Url = new(server.Url, "/ingest"), Simulator = Fast }, http, TimeProvider.System, _said.Add);

        (await Should.ThrowAsync<OutboundException>(client.RunAsync(TestContext.Current.CancellationToken))).Message.ShouldContain(advice);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_was_never_there_ends_the_client_at_once()
    {
        Uri url;
        await using (var gone = new FakeServer(_ => new(200))) url = gone.Url;
        using OutboundHttp http = Http();
        var client = new SimulatorClient(new() { Url = url, Simulator = Fast }, http, TimeProvider.System, _said.Add);

        (await Should.ThrowAsync<OutboundException>(client.RunAsync(TestContext.Current.CancellationToken))).Message
            .ShouldBe($"http://127.0.0.1:{url.Port} cannot be reached: no connection: ConnectionRefused");
    }

    [Fact]
    public async Task A_server_that_is_busy_for_a_while_is_tried_again_and_one_that_stays_broken_is_given_up()
    {
        int requests = 0;
        await using var server = new FakeServer(_ => ++requests is 2 or 3 or > 5 ? new(503) : new(200));
        using OutboundHttp http = Http();
        var client = new SimulatorClient(new() { Url = server.Url, Simulator = Fast }, http, TimeProvider.System, _said.Add);

        (await Should.ThrowAsync<OutboundException>(client.RunAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("answered 503");
        client.Sent.ShouldBe(3);
        server.Requests.Count.ShouldBe(5 + 5);
    }

    private static OutboundHttp Http() => new(new() { AllowPrivate = true }, TimeProvider.System);
}
