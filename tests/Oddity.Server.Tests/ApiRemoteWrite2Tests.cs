using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.RemoteWrite;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Server.Tests;

/// <summary>Remote write 2.0 and native histograms in both versions, as their senders see them.</summary>
public class ApiRemoteWrite2Tests
{
    private const string Path = "/api/v1/write";
    private const string Type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private static readonly double Stale = BitConverter.UInt64BitsToDouble(Batch.StaleMarker);

    [Fact]
    public async Task Samples_are_stored_and_counted_and_both_versions_mean_the_same_series()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await SendAsync(server, new RemoteWrite2Body().Add("up", (Now + i, i)).Add("load", (Now + i, i), (Now + i + 1, 7)).Body);
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Written(answer).ShouldBe(("3", "0", "0"));
        }

        (await SendAsync(server, new RemoteWriteBody().Add("up", (Now + 3, 3)).Body, "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.ValuesAsync("up{job=\"test\"}")).ShouldBe([0, 1, 2, 3]);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(2);
    }

    [Fact]
    public async Task Bad_samples_are_refused_with_counts_and_good_ones_beside_them_are_stored()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        RemoteWrite2Body body = new RemoteWrite2Body()
            .Add("good", (Now, 1), (Now, double.NaN), (Now - 31L * 86_400_000, 1))
            .Add([("job", "no name")], (Now, 1))
            .Add([("__name__", "m"), ("a", "1"), ("a", "2")], (Now, 1))
            .AddRaw([.. RemoteWrite2Body.Refs(1), .. RemoteWriteBody.Sample(Now, 1)])
            .AddRaw([.. RemoteWrite2Body.Refs(1, 9_999), .. RemoteWriteBody.Sample(Now, 1)])
            .AddHistogram("h", RemoteWrite2Body.Histogram(Now, 99, 1, 0, 0, 1));
        using HttpResponseMessage answer = await SendAsync(server, body.Body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Written(answer).ShouldBe(("1", "0", "0"));
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith("7 of 8 samples were refused: sample 1:");
        (await server.ValuesAsync("good{job=\"test\"}")).ShouldBe([1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_native_histogram_becomes_count_sum_and_quantiles(bool second)
    {
        await using ApiServer server = await ApiServer.StartAsync();

        // Schema 0: bucket i holds what is above 2^(i-1) up to 2^i. Ten in (1, 2], ten in (2, 4], eighty in (4, 8].
        byte[] histogram = RemoteWrite2Body.Histogram(Now, 0, 500, 0, 1, 10, 10, 80);
        using HttpResponseMessage answer = second
            ? await SendAsync(server, new RemoteWrite2Body().AddHistogram("h", histogram).Body)
            : await SendAsync(server, new RemoteWriteBody().AddRaw(RemoteWriteBody.Field(1, [.. RemoteWriteBody.Labels(("__name__", "h"), ("job", "test")), .. RemoteWriteBody.Field(4, histogram)])).Body, "application/x-protobuf");
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Written(answer).ShouldBe(("0", "1", "0"));
        (await server.ValuesAsync("h_count{job=\"test\"}")).ShouldBe([100]);
        (await server.ValuesAsync("h_sum{job=\"test\"}")).ShouldBe([500]);
        (await server.ValuesAsync("h:p50{job=\"test\"}"))[0].ShouldBe(Math.Pow(2, 2 + (30 / 80.0)), 1e-9);
        (await server.ValuesAsync("h:p99{job=\"test\"}"))[0].ShouldBe(Math.Pow(2, 2 + (79 / 80.0)), 1e-9);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(5);
    }

    [Fact]
    public async Task A_stale_marker_ends_the_anomaly_that_goes_on()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        await SendAsync(server, new RemoteWrite2Body().Add("m", [.. Enumerable.Range(0, 30).Select(i => (Now - 60_000 + (i * 1000L), i < 29 ? 50.0 : 900.0))]).Body);
        await server.SettleAsync();
        (await server.OngoingAsync()).ShouldBeTrue();
        (await SendAsync(server, new RemoteWrite2Body().Add("m", (Now, Stale)).Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await server.SettleAsync();
        (await server.OngoingAsync()).ShouldBeFalse();
        (await SendAsync(server, new RemoteWrite2Body().AddHistogram("h", RemoteWrite2Body.Histogram(Now, 0, Stale, 0, 0)).Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Hostile_bodies_are_400_and_leave_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        int tried = 0;
        foreach (byte[] request in Hostile())
        {
            using HttpResponseMessage answer = await SendAsync(server, RemoteWriteBody.Snappy(request));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"body {tried}: {Convert.ToHexString(request.AsSpan(0, Math.Min(request.Length, 60)))}");
            Written(answer).ShouldBe(answer.Headers.Contains("X-Prometheus-Remote-Write-Samples-Written") ? ("0", "0", "0") : ("", "", ""));
            tried++;
        }

        tried.ShouldBeGreaterThan(60);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await SendAsync(server, new RemoteWrite2Body().Add("m", (Now, 1)).Body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whatever_bytes_come_the_decoder_says_yes_or_no()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[] good = new RemoteWrite2Body().Add("m", (Now, 1), (Now + 1, 2)).AddHistogram("h", RemoteWrite2Body.Histogram(Now, 3, 9, 1, -2, 1, 2, 3)).Request;
        Gen<byte[]> bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf();
        Gen<byte[]> bent = from at in Gen.Choose(0, good.Length - 1)
                           from more in bytes
                           from cut in Gen.Choose(0, good.Length - at)
                           select (byte[])[.. good[..at], .. more, .. good[(at + cut)..]];
        Prop.ForAll(Gen.OneOf(bytes, bent).ToArbitrary(), request =>
        {
            using Batch batch = server.Pipeline.BeginBatch("t", WriteRequestDecoder.Protocol, IngestOptions.Live);
            if (WriteRequest2Decoder.TryDecode(request, batch, out WriteCounts counts)) (counts.Samples >= 0 && counts.Histograms >= 0).ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    private static IEnumerable<byte[]> Hostile()
    {
        byte[] good = new RemoteWrite2Body().Add("m", (Now, 1)).Request;

        // Cut before the series nothing is left to store, which is no mistake; within a field it is one.
        int seriesStart = good.Length - 2 - new byte[] { 0x0A, 4, 1, 2, 3, 4 }.Length - RemoteWriteBody.Sample(Now, 1).Length;
        for (int length = seriesStart + 1; length < good.Length; length++) yield return good[..length];
        byte[] name = [.. RemoteWriteBody.Field(4, []), .. RemoteWriteBody.Field(4, "__name__"u8.ToArray()), .. RemoteWriteBody.Field(4, "m"u8.ToArray())];
        byte[] Series(params byte[] content) => [.. name, .. RemoteWriteBody.Field(5, content)];
        byte[] refs = RemoteWrite2Body.Refs(1, 2), sample = RemoteWriteBody.Sample(Now, 1);
        byte[] Histogram(params byte[] content) => Series([.. refs, .. RemoteWriteBody.Field(3, content)]);
        yield return [.. RemoteWriteBody.Field(4, "not empty"u8.ToArray()), .. RemoteWriteBody.Field(5, [.. RemoteWrite2Body.Refs(0, 0), .. sample])];
        foreach (uint[] bad in new uint[][] { [1], [1, 2, 3], [3, 3], [1, 3], [0, 0], [0, 2], [1, 2, 1, 2], [1, 0], [uint.MaxValue, 1], [1, uint.MaxValue], [.. Enumerable.Repeat(2u, 1000)] })
            yield return Series([.. RemoteWrite2Body.Refs(bad), .. sample]);
        yield return Series(sample);
        byte[][] broken =
        [
            [0x2A], [0x2A, 0xFF], [0x2A, 5, 1], [0x2B], [0x2C], [0x00], [0x07, 1], [0x22, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [.. Enumerable.Repeat((byte)0x80, 12)],
            Series(0x0A), Series(0x0A, 9, 1), Series(0x0A, 1, 0xFF), Series(0x08), Series([.. refs, 0x12, 11, 0x09, 1]), Series([.. refs, 0x12, 2, 0x09, 1]), Series([.. refs, 0x12, 1, 0x10]),
            Series([.. refs, .. RemoteWriteBody.Sample(long.MaxValue, 1)]), Series([.. refs, .. RemoteWriteBody.Sample(long.MinValue, 1)]), Series([.. refs, .. RemoteWriteBody.Sample(Now, double.NaN)]),
            Series([.. refs, .. RemoteWriteBody.Sample(Now, double.NegativeInfinity)]),
            Histogram(0x08), Histogram(0x20, 99), Histogram(0x5A, 3, 0x10, 0xFF, 1), Histogram(0x5A, 6, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), Histogram(0x5A, 2, 0x10, 1), Histogram(0x62, 1, 2),
            Histogram(0x62, 1, 0x80), Histogram(0x6A, 3, 1, 2, 3), Histogram(0x12, 1), Histogram([.. RemoteWriteBody.Double(2, double.NaN)]), Histogram([.. RemoteWriteBody.Double(2, -1)]),
            Histogram([.. RemoteWriteBody.Double(7, double.PositiveInfinity), .. RemoteWriteBody.Double(2, double.PositiveInfinity)]),
            Histogram(0x5A, 2, 0x10, 1, 0x62, 1, 1), Histogram(0x5A, 2, 0x10, 2, 0x5A, 4, 0x08, 3, 0x10, 1, 0x62, 3, 2, 0, 0),
            Histogram([0x20, .. RemoteWriteBody.Varint(RemoteWrite2Body.ZigZag(-53)), 0x5A, 4, 0x08, 4, 0x10, 1, 0x62, 1, 2, 0x78, .. RemoteWriteBody.Varint((ulong)Now)]),
            Histogram([0x20, .. RemoteWriteBody.Varint(RemoteWrite2Body.ZigZag(-53)), .. RemoteWriteBody.Field(16, [.. new byte[16]])]),
            Histogram([.. RemoteWriteBody.Field(16, [.. new byte[8]])]), Histogram([.. RemoteWrite2Body.Histogram(0, 0, 1, 0, 1, 5)]), Histogram([.. RemoteWrite2Body.Histogram(long.MaxValue, 0, 1, 0, 1, 5)]),
        ];
        foreach (byte[] request in broken) yield return request;
    }

    private static (string, string, string) Written(HttpResponseMessage answer)
    {
        string Header(string what) => answer.Headers.TryGetValues($"X-Prometheus-Remote-Write-{what}-Written", out IEnumerable<string>? values) ? values.Single() : "";
        return (Header("Samples"), Header("Histograms"), Header("Exemplars"));
    }

    private static Task<HttpResponseMessage> SendAsync(ApiServer server, byte[] body, string type = Type) =>
        server.Http.PostAsync(Path, ApiServer.Content(body, type, "snappy"), TestContext.Current.CancellationToken);
}
