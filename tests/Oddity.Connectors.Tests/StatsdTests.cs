using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Statsd;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>StatsD: what lines become at a flush, and how they come.</summary>
public sealed class StatsdTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 10_000 * 10_000;

    [Fact]
    public async Task Counters_gauges_timers_and_sets_become_series()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        var aggregator = new StatsdAggregator(SeriesKey.DefaultTenant);
        Take(aggregator, "hits:1|c\nhits:3|c|@0.1\nhits:-1|c\ntemp:5|g\ntemp:+3|g\ntemp:-1|g\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"lat:{i}|ms\n")) + "u:a|s\nu:b|s\nu:a|s\n");
        await FlushAsync(engine, aggregator, Now);
        (await engine.SamplesAsync("hits_count")).ShouldBe([(Now, 30.0)]);
        (await engine.ValuesAsync("hits:rate")).ShouldBe([3]);
        (await engine.ValuesAsync("temp")).ShouldBe([7]);
        (await engine.ValuesAsync("lat_count")).ShouldBe([100]);
        (await engine.ValuesAsync("lat:mean")).ShouldBe([50.5]);
        (await engine.ValuesAsync("lat:p50")).ShouldBe([50]);
        (await engine.ValuesAsync("lat:p95")).ShouldBe([95]);
        (await engine.ValuesAsync("lat:p99")).ShouldBe([99]);
        (await engine.ValuesAsync("u:unique")).ShouldBe([2]);

        // Nothing comes: counters are 0, a gauge and timers say nothing; a change of a gauge goes on from its last value.
        await FlushAsync(engine, aggregator, Now + 10_000);
        Take(aggregator, "temp:+10|g\n");
        await FlushAsync(engine, aggregator, Now + 20_000);
        (await engine.ValuesAsync("hits_count")).ShouldBe([30, 0, 0]);
        (await engine.ValuesAsync("temp")).ShouldBe([7, 17]);
        (await engine.ValuesAsync("lat:p50")).Length.ShouldBe(1);
        for (int i = 3; i < 70; i++) await FlushAsync(engine, aggregator, Now + (i * 1000L) + 20_000);
        (await engine.ValuesAsync("hits_count")).Length.ShouldBe(61);
    }

    [Fact]
    public async Task Dialects_tags_and_several_values_of_a_line_are_read()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        var aggregator = new StatsdAggregator(SeriesKey.DefaultTenant);
        Take(aggregator, "a:1|c:2|c\nb:1:2:3|h|@0.5|#env:prod,x\nc,env=prod,az=1:4|d|c:container|T1656581400\nb:9|ms|#x,env:prod\nd:1|c|#url:http://x:80\n");
        (aggregator.Taken, aggregator.Refused).ShouldBe((5, 0), aggregator.Reason);
        await FlushAsync(engine, aggregator, Now);
        (await engine.ValuesAsync("a_count")).ShouldBe([3]);
        (await engine.ValuesAsync("b_count{env=\"prod\",x=\"true\"}")).Order().ShouldBe([1, 6]);
        (await engine.ValuesAsync("c:mean{az=\"1\",env=\"prod\"}")).ShouldBe([4]);
        (await engine.ValuesAsync("d_count{url=\"http://x:80\"}")).ShouldBe([1]);
    }

    [Fact]
    public async Task Many_timings_take_bounded_room_and_stay_close()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        var aggregator = new StatsdAggregator(SeriesKey.DefaultTenant);
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"t:{i}|ms\n")));
        for (int i = 0; i < 100; i++) aggregator.Take(lines);
        await FlushAsync(engine, aggregator, Now);
        (await engine.ValuesAsync("t_count")).ShouldBe([100_000]);
        (await engine.ValuesAsync("t:mean"))[0].ShouldBe(499.5, 1e-9);
        (await engine.ValuesAsync("t:p95"))[0].ShouldBe(950, 20);
    }

    [Fact]
    public void Hostile_lines_are_refused_and_those_beside_them_taken()
    {
        string[] bad = [.. Hostile()];
        bad.Length.ShouldBeGreaterThan(60);
        foreach (string line in bad)
        {
            var aggregator = new StatsdAggregator(SeriesKey.DefaultTenant);
            aggregator.Take(Encoding.Latin1.GetBytes($"good:1|c\n{line}\ngood:2|c\n"));
            (aggregator.Taken, aggregator.Refused).ShouldBe((2, 1), line.Length > 80 ? line[..80] : line);
            aggregator.Reason.Length.ShouldBeInRange(1, 600);
            aggregator.Reason.ShouldNotContain(character => char.IsControl(character));
        }
    }

    [Fact]
    public void More_names_than_there_is_room_for_are_refused()
    {
        var aggregator = new StatsdAggregator(SeriesKey.DefaultTenant, mostSeries: 100);
        for (int i = 0; i < 200; i++) aggregator.Take(Encoding.UTF8.GetBytes($"n{i}:1|c\n"));
        (aggregator.Taken, aggregator.Refused).ShouldBe((100, 100));
    }

    [Fact]
    public async Task Whatever_text_comes_every_line_is_counted()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        Gen<string> text = Gen.Elements("a", ":", "|", "c", "g", "ms", "s", "@", "#", ",", "=", "1", "-", "+", "\n", "\r", " ", "NaN", "0.1", "é", "\u0001").ListOf().Select(list => string.Concat(list));
        Prop.ForAll(text.ToArbitrary(), lines =>
        {
            var aggregator = new StatsdAggregator("t");
            aggregator.Take(Encoding.UTF8.GetBytes(lines));
            (aggregator.Taken + aggregator.Refused).ShouldBe(lines.Split('\n').Count(line => line.Trim(' ', '\t', '\r', '\0').Length > 0), lines);
            using Batch batch = engine.Pipeline.BeginBatch("t", NamedSeries.Protocol, IngestOptions.Live);
            aggregator.Flush(Now, TimeSpan.FromSeconds(10), batch);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    [Fact]
    public async Task It_listens_on_UDP_and_TCP_and_flushes()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        var source = new StatsdSource(new(new(IPAddress.Loopback, 0), "default"), TimeSpan.FromMilliseconds(200), engine.Pipeline, TimeProvider.System, NullLogger<StatsdSource>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(stop.Token);
        await RecordingSink.UntilAsync(() => source.Bound is not null && source.BoundUdp is not null, "it listens");
        using var udp = new UdpClient();
        await udp.SendAsync(Encoding.UTF8.GetBytes("udp:1|g\nbad"), source.BoundUdp!, stop.Token);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(source.Bound!, stop.Token);
        await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes("tcp:2|g\n"), stop.Token);
        await engine.UntilAsync("udp", 1, () => $"{source.Status}");
        await engine.UntilAsync("tcp", 1, () => $"{source.Status}");
        await RecordingSink.UntilAsync(() => source.Status.Detail?.Contains("1 refused", StringComparison.Ordinal) ?? false, $"the counts: {source.Status}");
        await stop.CancelAsync();
        await running;
    }

    private static void Take(StatsdAggregator aggregator, string lines) => aggregator.Take(Encoding.UTF8.GetBytes(lines));

    private static async Task FlushAsync(TestPipeline engine, StatsdAggregator aggregator, long timeMs)
    {
        Batch batch = engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, NamedSeries.Protocol, new(Backfill: true));
        aggregator.Flush(timeMs, TimeSpan.FromSeconds(10), batch);
        (await engine.Pipeline.CommitAsync(batch, CancellationToken.None)).Rejected.ShouldBe(0);
    }

    private static IEnumerable<string> Hostile()
    {
        string[] lines =
        [
            "m", ":", "m:", ":1|c", "m:1", "m:1|", "m:|c", "m:1|x", "m:1|C", "m:1|cc", "m:1|count", "m:x|c", "m:NaN|c", "m:inf|g", "m:-Infinity|ms", "m:1e999|c", "m:0x1|c", "m:1,5|c", "m:1 |c", "m: 1|c", "m:1|c|@",
            "m:1|c|@0", "m:1|c|@-1", "m:1|c|@1.1", "m:1|c|@x", "m:1|c|@NaN", "m:1|c|@1e-999", "m:1|c:", "m:1|c:x|c", "m:1|c:2", "m:1|c:|c", "m::|c", "m:1:|c", "m::1|c", "m:+|g", "m:-|g", "m:++1|g", "m:+-1|g", "m:|s",
            "m:1||c", "m:1|@0.1|c", "m:1|#t:v|c", "m|c", "m|1|c", "m 1 1", "_e{5,4}:title|text", "_e{1,1}:a|b|#t", "_sc|name|0", "_sc|name|0|h:x", "GET / HTTP/1.1", "{\"m\":1}", "m=1", "m\u00FF:1|c", "m\u00C3:1|c",
            "m:1|c|#\u00ED\u00A0\u0080", "\u0080:1|c", "m:1;c", "m:1|c\u00FF", "m:one|ms", "m:1|ms|@2", "m:1|h|@0", "m:--|d", "m:1/2|c", "m:1|k", "m:1|mss", "m:1|G", "m:e|c", "m:.|c",
        ];
        foreach (string line in lines) yield return line;
        yield return "m:" + string.Join(':', Enumerable.Repeat("1", 5000)) + "|c";
        yield return "m" + string.Concat(Enumerable.Repeat(":1|c", 5000));
        yield return "m:" + new string('9', 60_000) + "|c";
        yield return new string('m', 60_000);
        yield return new string(':', 60_000);
        yield return "m:1" + new string('|', 60_000) + "@";
    }
}
