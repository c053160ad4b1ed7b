using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ApiIngestTests
{
    public static TheoryData<string> Routes => ["/events/raw", "/ingest", "/v1/metrics/ingest", "/api/v1/metrics/ingest", "/api/v1/events"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static long NowSeconds => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task Ten_fifties_then_200_in_one_second_without_a_content_type_is_an_anomaly()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        long now = NowSeconds;
        for (int i = 0; i < 11; i++)
        {
            using HttpResponseMessage answer = await server.PostAsync("/events/raw", $$"""{"metric":"test","value":{{(i < 10 ? 50 : 200)}},"timestamp":{{now}}}""");
            (await answer.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        }

        await server.SettleAsync();
        JsonElement anomalies = await server.GetAsync("/anomalies?limit=100");
        anomalies.GetArrayLength().ShouldBe(1);
        anomalies[0].GetProperty("value").GetDouble().ShouldBe(200);
        anomalies[0].GetProperty("expected").GetDouble().ShouldBe(50);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_takes_objects_arrays_and_lines_in_every_shape(string route)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string[] bodies =
        [
            """{"metric":"cpu","value":1,"meta":{"host":"a"}}""",
            """[{"metric":"cpu","value":1},{"cpu":1,"memory":2,"disk":3}]""",
            "{\"api_id\":\"7d444840-9dc0-11d1-b245-5ffdce74fad2\",\"latency_ms\":12,\"status_code\":200}\n{\"metric\":\"x\",\"value\":\"3\"}\n",
        ];
        for (int i = 0; i < bodies.Length; i++)
        {
            using HttpResponseMessage answer = await server.PostAsync(route, bodies[i]);
            JsonElement body = await answer.JsonAsync();
            body.GetProperty("accepted").GetInt32().ShouldBe(i == 0 ? 1 : 2);
            body.GetProperty("rejected").GetInt32().ShouldBe(0);
            body.GetProperty("errors").GetArrayLength().ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/cloudevents+json", HttpStatusCode.OK)]
    [InlineData("application/x-ndjson", HttpStatusCode.OK)]
    [InlineData("text/plain", HttpStatusCode.OK)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.OK)]
    [InlineData("application/octet-stream", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-protobuf", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("image/png", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.UnsupportedMediaType)]
    public async Task Json_is_sniffed_under_any_plausible_type_and_foreign_types_are_refused(string? type, HttpStatusCode status)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/ingest", """{"cpu":1,"memory":2,"disk":3}""", type);
        if (status == HttpStatusCode.OK) await answer.JsonAsync();
        else (await answer.ProblemAsync(status)).ShouldBe("unknown_content_type");
    }

    [Fact]
    public async Task Some_bad_records_are_counted_and_named_and_the_good_ones_stored()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/events/raw", """[{"metric":"a","value":1},{"metric":"a","value":1e400},{"value":3}]""");
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("accepted").GetInt32().ShouldBe(1);
        body.GetProperty("rejected").GetInt32().ShouldBe(2);
        body.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("index").GetInt32(), error.GetProperty("code").GetString()))
            .ShouldBe([(1, "not_finite"), (2, "missing_field")]);
    }

    [Fact]
    public async Task Atomic_stores_all_or_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage refused = await server.PostAsync("/events/raw?atomic=true", """[{"metric":"a","value":1},{"metric":"a","value":"x"}]""");
        JsonElement problem = await refused.JsonAsync(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().ShouldBe("atomic_refused");
        problem.GetProperty("accepted").GetInt32().ShouldBe(0);
        await server.SettleAsync();
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(0);

        using HttpResponseMessage taken = await server.PostAsync("/events/raw?atomic=true", """[{"metric":"a","value":1},{"metric":"a","value":2}]""");
        (await taken.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_repeat_with_the_same_idempotency_key_is_answered_alike_and_stored_once()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/events/raw") { Content = ApiServer.Content("""{"metric":"once","value":1}"""u8.ToArray()) };
            request.Headers.Add("Idempotency-Key", "4f1c");
            using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
            (await answer.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        }

        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=once")).GetProperty("samples").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task An_idempotency_key_that_is_no_visible_text_is_refused()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/raw") { Content = ApiServer.Content("""{"metric":"a","value":1}"""u8.ToArray()) };
        request.Headers.Add("Idempotency-Key", new string('k', 256));
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
    }

    [Fact]
    public async Task Old_times_are_told_and_refused_live_and_taken_with_backfill()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        const string Old = """{"metric":"temp","value":20,"timestamp":1234567890}""";
        using HttpResponseMessage live = await server.PostAsync("/events/raw", Old);
        (await live.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("too_old");
        using HttpResponseMessage backfill = await server.PostAsync("/events/raw?backfill=true", Old);
        (await backfill.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Precision_sets_the_unit_of_numbers()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        long now = NowSeconds;
        using HttpResponseMessage answer = await server.PostAsync("/events/raw?precision=ns", $$"""{"metric":"p","value":1,"timestamp":{{now}}000000000}""");
        await answer.JsonAsync();
        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=p")).GetProperty("samples")[0][0].GetDouble().ShouldBe(now);
        using HttpResponseMessage bad = await server.PostAsync("/events/raw?precision=fortnights", "{}");
        (await bad.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task Compressed_bodies_are_taken_whole_and_refused_cut_off(string encoding)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[] body = Compress(Encoding.UTF8.GetBytes("""{"metric":"z","value":1}"""), encoding);
        using HttpResponseMessage whole = await server.Http.PostAsync("/events/raw", ApiServer.Content(body, null, encoding), Cancel);
        (await whole.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        foreach (int cut in new[] { 1, 4, body.Length / 2 })
        {
            using HttpResponseMessage part = await server.Http.PostAsync("/events/raw", ApiServer.Content(body[..^cut], null, encoding), Cancel);
            (await part.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe(encoding == "identity" ? "bad_json" : "bad_encoding");
        }
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("zstd")]
    [InlineData("snappy")]
    [InlineData("gzip;q=1")]
    public async Task Unknown_and_stacked_encodings_are_415(string encoding)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest", ApiServer.Content([1, 2, 3], null, encoding), Cancel);
        (await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType)).ShouldBe("unknown_encoding");
    }

    [Fact]
    public async Task Bodies_beyond_the_limits_are_413_announced_chunked_or_decompressed()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 10_000, MaxDecompressedBytes = 20_000 });
        byte[] large = Encoding.UTF8.GetBytes($$"""{"metric":"{{new string('m', 30_000)}}","value":1}""");
        using HttpResponseMessage announced = await server.Http.PostAsync("/events/raw", ApiServer.Content(large), Cancel);
        (await announced.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too_large");

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/events/raw") { Content = ApiServer.Content(large[..11_000]) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage unannounced = await server.Http.SendAsync(chunked, Cancel);
        (await unannounced.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too_large");

        using HttpResponseMessage bomb = await server.Http.PostAsync("/events/raw", ApiServer.Content(Compress(large, "gzip"), null, "gzip"), Cancel);
        JsonElement problem = await bomb.JsonAsync(HttpStatusCode.RequestEntityTooLarge);
        problem.GetProperty("limit").GetString().ShouldBe("body_bytes");
    }

    [Fact]
    public async Task Many_large_bodies_at_once_are_503_with_retry_after()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodiesInFlightBytes = 20_000 });
        using HttpResponseMessage answer = await server.PostAsync("/events/raw", new string(' ', 60_000));
        (await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable)).ShouldBe("overloaded");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        using HttpResponseMessage after = await server.PostAsync("/events/raw", """{"metric":"a","value":1}""");
        await after.JsonAsync();
    }

    internal static byte[] Compress(byte[] bytes, string encoding)
    {
        using var target = new MemoryStream();
        Stream into = encoding switch
        {
            "gzip" or "x-gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
            _ => target,
        };
        into.Write(bytes);
        if (into != target) into.Dispose();
        return target.ToArray();
    }
}
