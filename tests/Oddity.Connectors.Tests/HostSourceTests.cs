using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Host;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

public sealed class HostSourceTests
{
    private readonly ManualTime _time = new();
    private readonly RecordingSink _sink = new();
    private HostReading _reading = new();

    [Fact]
    public async Task Counters_become_rates_from_the_second_reading_on()
    {
        HostSource source = Source();
        await MeasureAsync(source, new()
        {
            Cpu = new(User: 100, System: 100, Idle: 800, IoWait: 0, Steal: 0),
            Disks = Counters("vda", 1000, 5000),
            Interfaces = Counters("eth0", 0, 7),
        });
        _sink.Rows.ShouldBeEmpty();

        await MeasureAsync(source, new()
        {
            Cpu = new(User: 150, System: 120, Idle: 820, IoWait: 10, Steal: 0),
            Disks = Counters("vda", 4000, 5000),
            Interfaces = Counters("eth0", 600, 37),
        });

        One("host_cpu_usage_percent{host=\"h\"}").ShouldBe(70, 1e-9);
        One("host_cpu_mode_percent{host=\"h\",mode=\"user\"}").ShouldBe(50, 1e-9);
        One("host_cpu_mode_percent{host=\"h\",mode=\"system\"}").ShouldBe(20, 1e-9);
        One("host_cpu_mode_percent{host=\"h\",mode=\"iowait\"}").ShouldBe(10, 1e-9);
        One("host_disk_read_bytes_per_second{device=\"vda\",host=\"h\"}").ShouldBe(1000, 1e-9);
        One("host_disk_written_bytes_per_second{device=\"vda\",host=\"h\"}").ShouldBe(0);
        One("host_network_receive_bytes_per_second{host=\"h\",interface=\"eth0\"}").ShouldBe(200, 1e-9);
        One("host_network_transmit_bytes_per_second{host=\"h\",interface=\"eth0\"}").ShouldBe(10, 1e-9);
        _sink.Rows.ShouldAllBe(row => row.TimeMs == _time.NowMs);
    }

    [Fact]
    public async Task A_counter_that_stands_lower_than_before_gives_no_sample_and_then_goes_on()
    {
        HostSource source = Source();
        foreach (long received in new long[] { 9_000_000, 300, 900 })
        {
            await MeasureAsync(source, new() { Interfaces = Counters("eth0", received, 0), Load1 = 1 });
        }

        One("host_network_receive_bytes_per_second{host=\"h\",interface=\"eth0\"}").ShouldBe(200, 1e-9);
    }

    [Fact]
    public async Task Sizes_become_shares()
    {
        await MeasureAsync(Source(), new()
        {
            Load1 = 0.5,
            Memory = new(Total: 1000, Available: 250, SwapTotal: 100, SwapFree: 90),
            Mounts = [new("/", Used: 30, Available: 70), new("/empty", 0, 0)],
        });

        One("host_load1{host=\"h\"}").ShouldBe(0.5);
        One("host_memory_used_percent{host=\"h\"}").ShouldBe(75);
        One("host_memory_available_bytes{host=\"h\"}").ShouldBe(250);
        One("host_swap_used_percent{host=\"h\"}").ShouldBe(10);
        One("host_disk_used_percent{host=\"h\",mount=\"/\"}").ShouldBe(30);
        _sink.Rows.Count().ShouldBe(5);
    }

    [Fact]
    public async Task The_number_of_series_is_bounded_however_many_interfaces_come_and_go()
    {
        HostSource source = Source();
        for (int i = 0; i < 100; i++)
        {
            _reading = new() { Interfaces = new Dictionary<string, InOut> { [$"tun{i}"] = new(1, 1), [$"tun{i + 1}"] = new(1, 1) } };
            await MeasureAsync(source, _reading);
        }

        _sink.Rows.Select(row => row.Series.Text).Distinct().Count().ShouldBe(2 * 16);
    }

    [Fact]
    public async Task Its_status_tells_success_refusal_and_a_system_that_says_nothing()
    {
        HostSource source = Source();
        source.Status.ShouldBe(new("host", SourceState.Off, null, null));

        await MeasureAsync(source, new() { Load1 = 1 });
        source.Status.State.ShouldBe(SourceState.Ok);
        source.Status.LastSuccessMs.ShouldBe(_time.NowMs);

        _sink.Answer = new(IngestOutcome.Overloaded, 0, 1, [], TimeSpan.FromSeconds(1));
        await MeasureAsync(source, new() { Load1 = 1 });
        source.Status.State.ShouldBe(SourceState.Failing);
        source.Status.Detail.ShouldBe("the server is too busy to take samples");

        _sink.Answer = null;
        await MeasureAsync(source, new());
        source.Status.State.ShouldBe(SourceState.Failing);
    }

    [Fact]
    public async Task This_machine_tells_about_itself()
    {
        var source = new HostSource(
            new() { HostName = "h", Interval = TimeSpan.FromMilliseconds(50) }, _sink.TakeAsync, TimeProvider.System, NullLogger<HostSource>.Instance);
        var sources = new RunningSources([source]);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = sources.RunAsync(cancel.Token);

        await RecordingSink.UntilAsync(() => _sink.Batches.Count >= 5, "five readings");
        sources.Statuses.Single().State.ShouldBe(SourceState.Ok);
        await cancel.CancelAsync();
        await running;

        One(_sink.Batches[0], "host_memory_used_percent{host=\"h\"}").ShouldBeInRange(0.1, 100);
        source.Status.State.ShouldBe(SourceState.Off);
        if (!OperatingSystem.IsLinux()) return;
        _sink.Values("host_cpu_usage_percent{host=\"h\"}").ShouldNotBeEmpty();
        _sink.Rows.ShouldContain(row => row.Series.Metric == "host_disk_used_percent");
        _sink.Rows.ShouldAllBe(row => double.IsFinite(row.Value) && row.Value >= 0);
    }

    [Fact]
    public async Task A_source_that_breaks_ends_the_others_and_is_heard_of()
    {
        var healthy = new HostSource(new(), _sink.TakeAsync, TimeProvider.System, NullLogger<HostSource>.Instance);
        var broken = new HostSource(new(), (_, _, _) => throw new InvalidOperationException("broken"), TimeProvider.System, NullLogger<HostSource>.Instance);

        await Should.ThrowAsync<InvalidOperationException>(new RunningSources([healthy, broken]).RunAsync(TestContext.Current.CancellationToken));
        healthy.Status.State.ShouldBe(SourceState.Off);
    }

    private HostSource Source() => new(new() { HostName = "h" }, _sink.TakeAsync, _time, NullLogger.Instance, () => _reading);

    private async Task MeasureAsync(HostSource source, HostReading reading)
    {
        _reading = reading;
        _time.Advance(TimeSpan.FromSeconds(3));
        await source.MeasureAsync(TestContext.Current.CancellationToken);
    }

    private double One(string series) => _sink.Values(series).ShouldHaveSingleItem();

    private static double One(IngestBatch batch, string series) => batch.Rows.Single(row => row.Series.Text == series).Value;

    private static Dictionary<string, InOut> Counters(string name, long received, long sent) => new() { [name] = new(received, sent) };
}
