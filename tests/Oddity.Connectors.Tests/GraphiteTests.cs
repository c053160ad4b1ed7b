using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Graphite;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>Graphite's plaintext protocol: lines, and the connection they come over.</summary>
public sealed class GraphiteTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000;

    [Fact]
    public async Task Lines_are_samples_under_their_paths_tags_and_times()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        string lines = $"a.b.c 1.5 {Now / 1000}\r\ncpu;host=web1;zone=z -2e3 {Now / 1000}.25\n\n  cpu;zone=z;host=web1\t7 -1 \nlast 3";
        for (int i = 0; i < 2; i++) (await TakeAsync(engine, lines)).ShouldBe((4, 0));
        (await engine.SamplesAsync("{\"a.b.c\"}")).ShouldBe([(Now, 1.5), (Now, 1.5)]);
        (await engine.ValuesAsync("cpu{host=\"web1\",zone=\"z\"}")).Order().ShouldBe([-2000, -2000, 7, 7]);
        (await engine.SamplesAsync("last")).ShouldBe([(Now, 3), (Now, 3)]);
    }

    [Fact]
    public async Task Hostile_lines_are_refused_each_with_a_reason_and_those_beside_them_stored()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        string[] bad = [.. Hostile()];
        bad.Length.ShouldBeGreaterThan(60);
        foreach (string line in bad)
        {
            using Batch batch = engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, GraphiteDecoder.Protocol, IngestOptions.Live);
            GraphiteDecoder.Decode(Encoding.Latin1.GetBytes("good 1 -1\n" + line + "\ngood 2 -1\n"), batch, Now);
            (batch.Count, batch.Rejected).ShouldBe((2, 1), line.Length > 80 ? line[..80] : line);
            batch.Errors[0].Code.ShouldNotBeNullOrEmpty();
            batch.Errors[0].Detail.Length.ShouldBeInRange(1, 600);
            batch.Errors[0].Detail.ShouldNotContain(character => char.IsControl(character));
        }
    }

    [Fact]
    public async Task Whatever_bytes_come_every_line_is_counted()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        Gen<string> text = Gen.Elements("a", ".", ";", "=", " ", "\t", "\n", "\r", "1", "-1", "NaN", "1e999", "é", "\0", "1700000000").ListOf().Select(list => string.Concat(list));
        Prop.ForAll(text.ToArbitrary(), lines =>
        {
            using Batch batch = engine.Pipeline.BeginBatch("t", GraphiteDecoder.Protocol, new(Backfill: true));
            GraphiteDecoder.Decode(Encoding.UTF8.GetBytes(lines), batch, Now);
            batch.RecordCount.ShouldBe(lines.Split('\n').Count(line => line.Trim(' ', '\t', '\r').Length > 0), lines);
            (batch.Count + batch.Rejected).ShouldBe(batch.RecordCount);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    [Fact]
    public async Task Lines_come_over_connections_that_live_on_whatever_they_bring()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        var source = new GraphiteSource(new(new(IPAddress.Loopback, 0), "default"), engine.Pipeline, TimeProvider.System, NullLogger<GraphiteSource>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(stop.Token);
        await RecordingSink.UntilAsync(() => source.Bound is not null, "it listens");
        using var client = new TcpClient();
        await client.ConnectAsync(source.Bound!, stop.Token);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"m 1 {Now / 1000}\nm ".PadRight(20)), stop.Token);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"2 {Now / 1000}\nbad\n" + new string('x', 200_000) + $"\nm 3 {Now / 1000}\n"), stop.Token);
        await engine.UntilAsync("m", 3, () => $"{source.Status}");
        using (var other = new TcpClient())
        {
            await other.ConnectAsync(source.Bound!, stop.Token);
            await other.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"m 4 {Now / 1000}\nm 12"), stop.Token); // Cut off: 12 may have been 123.
        }

        await engine.UntilAsync("m", 4, () => $"{source.Status}");
        await RecordingSink.UntilAsync(() => source.Status.Detail?.StartsWith("4 lines; 3 refused, the last: ", StringComparison.Ordinal) ?? false, $"the counts: {source.Status}");
        await stop.CancelAsync();
        await running;
        source.Status.State.ShouldBe(SourceState.Off);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_the_source_goes_on()
    {
        await using TestPipeline engine = await TestPipeline.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var source = new GraphiteSource(new((IPEndPoint)taken.LocalEndpoint, "default"), engine.Pipeline, TimeProvider.System, NullLogger<GraphiteSource>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = source.RunAsync(stop.Token);
        await RecordingSink.UntilAsync(() => source.Status.State == SourceState.Failing, "it says so");
        source.Status.Detail.ShouldNotBeNull().ShouldEndWith("AddressAlreadyInUse");
        await stop.CancelAsync();
        await running;
    }

    private static async Task<(int, int)> TakeAsync(TestPipeline engine, string lines)
    {
        Batch batch = engine.Pipeline.BeginBatch(SeriesKey.DefaultTenant, GraphiteDecoder.Protocol, IngestOptions.Live);
        GraphiteDecoder.Decode(Encoding.UTF8.GetBytes(lines), batch, Now);
        IngestResult result = await engine.Pipeline.CommitAsync(batch, CancellationToken.None);
        return (result.Accepted, result.Rejected);
    }

    private static IEnumerable<string> Hostile()
    {
        string[] lines =
        [
            "m", "m;", "m;a=b", "m x", "m NaN -1", "m nan", "m inf", "m -Infinity -1", "m 1e999 -1", "m -1e999", "m 1,5 -1", "m 0x1 -1", "m 1_0 -1", "m --1 -1", "m 1e -1", "m . -1", "m 1 x", "m 1 1 1", "m 1 -1 x",
            "m 1 1e30", "m 1 2026-01-01", "m 1 -1.5", "m 1 -2", "m 1 0", "m 1 99999999999999", "m 1 253402300800", "m 1 NaN", "m 1 inf", "m;a 1 -1", "m;a= 1 -1", "m;=b 1 -1", "m;a=b;a=c 1 -1", "m;;a=b 1 -1",
            "m;a=b; 1 -1", ";a=b 1 -1", "; 1 -1", "m\u0000 1 -1", "\u0000 1 -1", "m\u0001n 1 -1", "m\u007F 1 -1", "m\u00FF 1 -1", "m\u00C3 1 -1", "m;a=\u00ED\u00A0\u0080 1 -1", "m;\u00FE=b 1 -1", "m;a\u0002=b 1 -1",
            "GET / HTTP/1.1", "{\"m\":1}", "m=1", "m:1|c", "<m>1</m>", "m{a=\"b\"} 1 x", "\u00EF\u00BB\u00BF", "m\u00851", "1", "-1", ".", "m + -1", "m - -1", "m '1' -1", "m \"1\" -1", "m 1; -1", "m 1;a=b",
            "\u0080\u0002X\u0001", "(lp0", "m 1 1700000000 ", $"m 1 {(Now / 1000) + 3600}", $"m 1 {(Now / 1000) - (40L * 86_400)}",
        ];
        foreach (string line in lines) yield return line;
        yield return new string('n', 300) + " 1 -1";
        yield return "m;" + new string('l', 300) + "=v 1 -1";
        yield return "m;l=" + new string('v', 3000) + " 1 -1";
        yield return "m" + string.Concat(Enumerable.Range(0, 60).Select(i => $";l{i}=v")) + " 1 -1";
        yield return "m" + string.Concat(Enumerable.Range(0, 9000).Select(i => $";l{i}=v")) + " 1 -1";
        yield return new string(';', 60_000) + " 1 -1";
        yield return "m " + new string('9', 60_000) + " -1";
        yield return "m 1 " + new string('9', 60_000);
    }
}
