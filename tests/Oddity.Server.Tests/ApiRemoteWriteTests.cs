using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.RemoteWrite;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>Remote write as its senders see it: what is stored, what is refused, with which answer.</summary>
public class ApiRemoteWriteTests
{
    private const string Path = "/api/v1/write";
    private const string Type = "application/x-protobuf";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private static readonly double Stale = BitConverter.UInt64BitsToDouble(Batch.StaleMarker);

    [Fact]
    public async Task Samples_are_stored_and_counted_and_a_known_series_goes_on()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await SendAsync(server, new RemoteWriteBody().Add("up", (Now + i, i)).Add("load", (Now + i, i / 2.0), (Now + i + 1, 7)).Body);
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            answer.Headers.GetValues("X-Prometheus-Remote-Write-Samples-Written").ShouldBe(["3"]);
        }

        (await server.ValuesAsync("up{job=\"test\"}")).ShouldBe([0, 1, 2]);
        (await server.ValuesAsync("load{job=\"test\"}")).Length.ShouldBe(6);
    }

    [Fact]
    public async Task Labels_in_another_order_and_empty_ones_are_the_same_series()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (string, string)[][] same =
        [
            [("__name__", "m"), ("a", "1"), ("b", "2")], [("b", "2"), ("a", "1"), ("__name__", "m")], [("__name__", "m"), ("a", "1"), ("b", "2"), ("c", "")],
        ];
        var body = new RemoteWriteBody();
        foreach ((string, string)[] labels in same) body.Add(labels, (Now, 1));
        for (int i = 0; i < 2; i++) (await SendAsync(server, body.Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.ValuesAsync("m{a=\"1\",b=\"2\"}")).Length.ShouldBe(6);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(1);
    }

    [Fact]
    public async Task Bad_samples_are_refused_with_counts_and_good_ones_beside_them_are_stored()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        RemoteWriteBody body = new RemoteWriteBody()
            .Add("good", (Now, 1), (Now, double.NaN), (Now, double.PositiveInfinity), (Now - 31L * 86_400_000, 1), (Now + 3_600_000, 1))
            .Add([("job", "no name")], (Now, 1))
            .Add([("__name__", "m"), ("a", "1"), ("a", "2")], (Now, 1))
            .Add([("__name__", new string('n', 300))], (Now, 1))
            .Add([("__name__", "m"), ("l", new string('v', 3000))], (Now, 1))
            .AddRaw(RemoteWriteBody.Field(1, [.. RemoteWriteBody.Labels(("__name__", "h")), .. RemoteWriteBody.Field(4, [0x20, 99])]));
        using HttpResponseMessage answer = await SendAsync(server, body.Body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.GetValues("X-Prometheus-Remote-Write-Samples-Written").ShouldBe(["1"]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("9 of 10 samples were refused: sample 1:");
        (await server.ValuesAsync("good{job=\"test\"}")).ShouldBe([1]);
    }

    [Fact]
    public async Task A_stale_marker_ends_the_anomaly_that_goes_on()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await SendAsync(server, new RemoteWriteBody().Add("m", [.. Enumerable.Range(0, 30).Select(i => (Now - 60_000 + (i * 1000L), i < 29 ? 50.0 : 900.0))]).Body);
        await server.SettleAsync();
        (await server.OngoingAsync()).ShouldBeTrue();
        (await SendAsync(server, new RemoteWriteBody().Add("m", (Now, Stale)).Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await server.SettleAsync();
        (await server.OngoingAsync()).ShouldBeFalse();
        (await server.ValuesAsync("m{job=\"test\"}")).Length.ShouldBe(30);
    }

    [Fact]
    public async Task What_is_something_else_is_refused_as_the_contract_says()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 100_000, MaxDecompressedBytes = 200_000 });
        byte[] good = new RemoteWriteBody().Add("m", (Now, 1)).Body;
        (await SendAsync(server, good, encoding: "gzip")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, good, encoding: null)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, good, type: "application/json")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, good, type: "application/x-protobuf;proto=io.prometheus.write.v3.Request")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, good, type: "application/x-protobuf;proto=prometheus.WriteRequest")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(server, new byte[100_001])).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        byte[] claims = [.. RemoteWriteBody.Varint(1_000_000), .. new byte[90_000]];
        (await SendAsync(server, claims)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await SendAsync(server, new RemoteWriteBody().Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Hostile_bodies_are_400_and_leave_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        int tried = 0;
        foreach (byte[] body in Hostile())
        {
            using HttpResponseMessage answer = await SendAsync(server, body);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"body {tried}: {Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 60)))}");
            tried++;
        }

        tried.ShouldBeGreaterThan(60);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await SendAsync(server, new RemoteWriteBody().Add("m", (Now, 1)).Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whatever_bytes_come_the_decoder_says_yes_or_no()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[] good = new RemoteWriteBody().Add("m", (Now, 1), (Now + 1, 2)).Add("n", (Now, 3)).Request;
        Gen<byte[]> bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf();
        Gen<byte[]> bent = from at in Gen.Choose(0, good.Length - 1)
                           from more in bytes
                           from cut in Gen.Choose(0, good.Length - at)
                           select (byte[])[.. good[..at], .. more, .. good[(at + cut)..]];
        Prop.ForAll(Gen.OneOf(bytes, bent).ToArbitrary(), request =>
        {
            using (Batch batch = server.Pipeline.BeginBatch("t", WriteRequestDecoder.Protocol, IngestOptions.Live)) WriteRequestDecoder.TryDecode(request, batch);
            if (SnappyBlock.TryReadLength(request, out int length)) SnappyBlock.TryDecode(request, new byte[length]);
            byte[] content = new byte[request.Length];
            SnappyBlock.TryDecode(RemoteWriteBody.Snappy(request), content).ShouldBeTrue();
            content.ShouldBe(request);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_is_stored_once()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[] body = new RemoteWriteBody().Add("m", (Now, 1)).Body;
        for (int i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = ApiServer.Content(body, Type, "snappy") };
            request.Headers.Add("Idempotency-Key", "once");
            (await server.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        (await server.ValuesAsync("m{job=\"test\"}")).ShouldBe([1]);
    }

    [Fact]
    public async Task A_real_Prometheus_sends_what_it_scrapes()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-remote-write-").FullName;
        await using ApiServer server = await ApiServer.StartAsync();
        int port = AcceptanceProcess.FreePort();
        string file = System.IO.Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            file,
            $$$"""
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: self
                static_configs: [{targets: ["127.0.0.1:{{{port}}}"]}]
                metric_relabel_configs: [{source_labels: [quantile], regex: ".+", action: drop}] # Those are NaN while nothing happens.
            remote_write:
              - {url: "{{{server.Address}}}api/v1/write", queue_config: {batch_send_deadline: 1s}}
            """,
            TestContext.Current.CancellationToken);
        await using (AcceptanceProcess prometheus = AcceptanceProcess.Start(
            AcceptanceProcess.Find("prometheus"), [$"--config.file={file}", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"]))
        {
            await AcceptanceTests.UntilAsync(
                () => Task.FromResult(server.Pipeline.CountSeries(SeriesKey.DefaultTenant) > 100), TimeSpan.FromSeconds(60), () => $"Nothing came:\n{prometheus.Said}");
            await AcceptanceTests.UntilAsync(
                async () => (await server.ValuesAsync($"up{{instance=\"127.0.0.1:{port}\",job=\"self\"}}")) is [1, 1, ..], TimeSpan.FromSeconds(60), () => $"up did not come twice:\n{prometheus.Said}");
            prometheus.Said.ShouldNotContain("non-recoverable");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<byte[]> Hostile()
    {
        byte[] good = new RemoteWriteBody().Add("m", (Now, 1)).Body;
        for (int length = 0; length < good.Length; length++) yield return good[..length];
        yield return [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0];
        yield return [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        yield return [0x80, 0x80, 0x80, 0x80, 0x04, 0, 1];
        yield return [4, 0x01, 0x00];
        yield return [4, 0x0C, 1, 2, 3, 4, 5];
        yield return [8, 0x00, 1, 0x0D, 0x02];
        yield return [8, 0x00, 1, 0x0D, 0x00];
        yield return [8, 0x00, 1, 0x1E, 0xFF, 0xFF];
        yield return [8, 0x00, 1, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [8, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [8, 0xF0, 200];
        yield return [1, 0x04, 1, 2];
        byte[][] requests =
        [
            [0x0A], [0x0A, 0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x0A, 5, 1], [0x0B], [0x0C], [0x0E], [0x0F], [0x00], [0x00, 0x00], [0x07, 1], [0x0D, 1, 2], [0x09, 1, 2, 3],
            RemoteWriteBody.Field(1, [0x0A]), RemoteWriteBody.Field(1, [0x0A, 9, 1]), RemoteWriteBody.Field(1, [0x12, 9]), RemoteWriteBody.Field(1, [0x12, 2, 0x09, 1]),
            RemoteWriteBody.Field(1, [0x12, 1, 0x10]), RemoteWriteBody.Field(1, [0x0A, 2, 0x0A, 5]), RemoteWriteBody.Field(1, [0x0A, 1, 0x12]),
            RemoteWriteBody.Field(1, [.. RemoteWriteBody.Labels(("__name__", "m")), 0x12, 11, 0x09, 1]),
            RemoteWriteBody.Field(1, [.. RemoteWriteBody.Sample(Now, 1), .. RemoteWriteBody.Labels(("__name__", "m"))]),
            RemoteWriteBody.Field(1, [.. RemoteWriteBody.Labels(("__name__", "m")), .. RemoteWriteBody.Field(2, [.. Enumerable.Repeat((byte)0xFF, 11)])]),
            [.. Enumerable.Repeat((byte)0x80, 12)],
        ];
        foreach (byte[] request in requests) yield return RemoteWriteBody.Snappy(request);
        byte[] bad = RemoteWriteBody.Field(1, [.. RemoteWriteBody.Field(1, [.. RemoteWriteBody.Field(1, [0xC3]), .. RemoteWriteBody.Field(2, [0xFF])]), .. RemoteWriteBody.Sample(Now, 1)]);
        yield return RemoteWriteBody.Snappy(bad);
        yield return new RemoteWriteBody().Add([("__name__", "a\nb")], (Now, 1)).Body;
        yield return new RemoteWriteBody().Add([("", "m")], (Now, 1)).Body;
        yield return new RemoteWriteBody().Add([.. Enumerable.Range(0, 300).Select(i => ($"l{i}", "v")), ("__name__", "m")], (Now, 1)).Body;
        yield return new RemoteWriteBody().Add([.. Enumerable.Range(0, 60).Select(i => ($"l{i}", "v")), ("__name__", "m")], (Now, 1)).Body;
        yield return new RemoteWriteBody().Add("m", (long.MinValue, 1)).Body;
        yield return new RemoteWriteBody().Add("m", (long.MaxValue, 1)).Body;
        yield return new RemoteWriteBody().Add("m", (Now, BitConverter.UInt64BitsToDouble(0x7ff8000000000002))).Body;
    }

    private static Task<HttpResponseMessage> SendAsync(ApiServer server, byte[] body, string type = Type, string? encoding = "snappy") =>
        server.Http.PostAsync(Path, ApiServer.Content(body, type, encoding), TestContext.Current.CancellationToken);
}
