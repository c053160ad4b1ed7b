using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>The doors of log lines as their senders meet them, and what can be asked of the lines afterwards.</summary>
public sealed class ApiLogsTests
{
    private const string Json = "application/json", Protobuf = "application/x-protobuf";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static long NowMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Every_door_stores_a_line_that_is_found_with_its_service_and_template()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string ns = $"{NowMs}000000", s = $"{NowMs / 1000}.5";
        (string Path, string Type, byte[] Body, HttpStatusCode Status, string Answer)[] doors =
        [
            ("/api/v1/logs", Json, Text("""{"message":"door 1 opened","service":"d1","level":"error"}"""), HttpStatusCode.OK, "\"accepted\":1"),
            ("/api/v1/logs/ingest", "application/x-ndjson", Text("{\"msg\":\"door 2 opened\",\"app\":\"d2\"}\n{\"log\":\"door 2 opened\",\"app\":\"d2\"}\n"), HttpStatusCode.OK, "\"accepted\":2"),
            ("/ingest/fluent", Json, Text($$$"""[{"date":{{{s}}},"log":"door 3 opened","kubernetes":{"container_name":"d3"}}]"""), HttpStatusCode.OK, "\"accepted\":1"),
            ("/api/v1/logs?service=d4", "text/plain", Text("door 4 opened\r\n\n"), HttpStatusCode.OK, "\"accepted\":1"),
            ("/loki/api/v1/push", Json, Text($$"""{"streams":[{"stream":{"service_name":"d5","level":"warn"},"values":[["{{ns}}","door 5 opened",{"trace_id":"abc"}]]}]}"""), HttpStatusCode.NoContent, ""),
            ("/loki/api/v1/push", Protobuf, LogMessages.Snappy(LogMessages.Loki("{app=\"d6\"}", NowMs, "door 6 opened")), HttpStatusCode.NoContent, ""),
            ("/es/_bulk", "application/x-ndjson", Text("{\"index\":{\"_index\":\"d7\"}}\n{\"message\":\"door 7 opened\"}\n{\"create\":{}}\n{nonsense\n"), HttpStatusCode.OK, "\"errors\":true"),
            ("/es/d8/_bulk", "application/x-ndjson", Text("{\"create\":{}}\n{\"message\":\"door 8 opened\",\"@timestamp\":\"" + TimeProvider.System.GetUtcNow().ToString("O") + "\"}\n"), HttpStatusCode.OK, "\"errors\":false"),
            ("/services/collector/event", Json, Text($$"""{"event":"door 9 opened","sourcetype":"d9","time":{{s}}}{"event":{"message":"door 9 opened"},"sourcetype":"d9"}"""), HttpStatusCode.OK, "{\"text\":\"Success\",\"code\":0}"),
            ("/services/collector/raw?sourcetype=d10", "text/plain", Text("door 10 opened"), HttpStatusCode.OK, "\"code\":0"),
            ("/v1/logs", Protobuf, LogMessages.Otlp("d11", NowMs, 17, "door 11 opened"), HttpStatusCode.OK, ""),
            ("/v1/logs", Json, Text($$$"""{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"d12"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{ns}}}","severityNumber":17,"body":{"stringValue":"door 12 opened"},"traceId":"0af7651916cd43dd8448eb211c80319c"}]}]}]}"""), HttpStatusCode.OK, "{}"),
        ];

        foreach ((string path, string type, byte[] body, HttpStatusCode status, string said) in doors)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content(body, type), Cancel);
            string text = await answer.Content.ReadAsStringAsync(Cancel);
            answer.StatusCode.ShouldBe(status, $"{path} {text}");
            text.ShouldContain(said, customMessage: path);
        }

        await WaitForTemplatesAsync(server, 12);
        for (int door = 1; door <= 12; door++)
        {
            JsonElement page = await server.GetAsync($"/api/v1/logs?service=d{door}&query=OPENED");
            page.GetProperty("lines").GetArrayLength().ShouldBeGreaterThan(0, $"door {door}");
            JsonElement line = page.GetProperty("lines")[0];
            line.GetProperty("body").GetString().ShouldBe($"door {door} opened");
            string template = line.GetProperty("template").GetString()!;
            (await server.GetAsync($"/api/v1/logs?template={template}&service=d{door}")).GetProperty("lines").GetArrayLength().ShouldBe(page.GetProperty("lines").GetArrayLength());
        }

        JsonElement templates = (await server.GetAsync("/api/v1/logs/templates?service=d5")).GetProperty("templates");
        templates[0].GetProperty("text").GetString().ShouldBe("door <*> opened");
        (await server.GetAsync("/api/v1/logs?query=0af7651916cd43dd8448eb211c80319c")).GetProperty("lines")[0].GetProperty("severity").GetString().ShouldBe("error");
    }

    [Fact]
    public async Task Bulk_answers_for_each_document_however_many_are_refused()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string body = string.Concat(Enumerable.Range(0, 30).Select(i => "{\"create\":{}}\n{\"message\":\"m\"" + (i % 2 == 0 ? "" : ",\"@timestamp\":\"2001-01-01T00:00:00Z\"") + "}\n{\"create\":{}}\n[]\n"));

        using HttpResponseMessage answer = await server.Http.PostAsync("/es/_bulk", ApiServer.Content(Text(body), "application/x-ndjson"), Cancel);

        JsonElement said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;
        int[] statuses = [.. said.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];
        statuses.ShouldBe(Enumerable.Range(0, 60).Select(i => i % 4 == 0 ? 201 : 400));
    }

    [Fact]
    public async Task A_version_that_changes_in_logs_is_a_deployment_too()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        foreach (string version in new[] { "1", "2" })
        {
            string body = $$$$"""{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.version","value":{"stringValue":"{{{{version}}}}"}}]},"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"boolValue":true}]}}}]}}}]}]}]}""";
            using HttpResponseMessage answer = await server.Http.PostAsync("/v1/logs", ApiServer.Content(Text(body), Json), Cancel);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("{}");
        }

        (await server.GetAsync("/api/v1/changes?service=shop")).GetProperty("data")[0].GetProperty("version").GetString().ShouldBe("2");
        (await server.GetAsync("/api/v1/logs?service=shop")).GetProperty("lines")[0].GetProperty("body").GetString().ShouldBe("{a=[1, true]}");
    }

    [Fact]
    public async Task What_clients_ask_before_they_send_is_answered()
    {
        await using ApiServer server = await ApiServer.StartAsync();

        using HttpResponseMessage elastic = await server.Http.GetAsync("/es/", Cancel);
        elastic.Headers.GetValues("X-Elastic-Product").Single().ShouldBe("Elasticsearch");
        (await elastic.JsonAsync()).GetProperty("version").GetProperty("number").GetString().ShouldBe("8.11.0");
        (await server.GetAsync("/services/collector/health")).GetProperty("code").GetInt32().ShouldBe(17);
        (await server.Http.GetStringAsync("/loki/ready", Cancel)).ShouldBe("ready\n");
    }

    [Theory]
    [InlineData("", 5, -1)]
    [InlineData("{\"event\":\"fine\"}{\"time\":1}", 12, 1)]
    [InlineData("{\"event\":\"\"}", 13, 0)]
    [InlineData("{\"event\":\"fine\"}nonsense", 6, 1)]
    [InlineData("{\"event\":\"fine\",\"time\":\"soon\"}", 6, 0)]
    [InlineData("[]", 6, 0)]
    public async Task The_event_collector_answers_by_its_codes(string body, int code, int wrong)
    {
        await using ApiServer server = await ApiServer.StartAsync();

        using HttpResponseMessage answer = await server.PostAsync("/services/collector", body, Json);

        JsonElement said = await answer.JsonAsync(HttpStatusCode.BadRequest);
        said.GetProperty("code").GetInt32().ShouldBe(code);
        (said.TryGetProperty("invalid-event-number", out JsonElement number) ? number.GetInt32() : -1).ShouldBe(wrong);
    }

    [Fact]
    public async Task Gzip_is_taken_and_a_repeat_with_the_same_key_stores_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        byte[] body = Gzip(Text("""{"message":"packed","service":"zip"}"""));
        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/logs") { Content = ApiServer.Content(body, Json, "gzip") };
            request.Headers.Add("Idempotency-Key", "once");
            using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
            (await answer.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
        }

        (await server.GetAsync("/api/v1/logs?service=zip")).GetProperty("lines").GetArrayLength().ShouldBe(1);
    }

    /// <summary>Whatever comes, the answer is one of the protocol's, below 500, and the next good request works.</summary>
    [Fact]
    public async Task Hostile_bodies_are_refused_by_every_door()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (string Path, string Type)[] doors =
        [
            ("/api/v1/logs", Json), ("/ingest/fluent", "application/x-ndjson"), ("/loki/api/v1/push", Json), ("/loki/api/v1/push", Protobuf), ("/es/_bulk", "application/x-ndjson"),
            ("/services/collector", Json), ("/services/collector/raw", "text/plain"), ("/v1/logs", Protobuf), ("/v1/logs", Json),
        ];
        byte[][] bodies = [.. LogMessages.Hostile()];
        bodies.Length.ShouldBeGreaterThanOrEqualTo(60);
        foreach ((string path, string type) in doors)
        {
            for (int i = 0; i < bodies.Length; i++)
            {
                using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content(bodies[i], type), Cancel);
                ((int)answer.StatusCode).ShouldBeLessThan(500, $"{path} {type} body {i}");
                string text = await answer.Content.ReadAsStringAsync(Cancel);
                text.ShouldNotContain("Exception:");
                text.Length.ShouldBeLessThan(20_000);
            }

            foreach (string encoding in new[] { "gzip", "br", "deflate", "zstd", "gzip, gzip" })
            {
                using HttpResponseMessage answer = await server.Http.PostAsync(path, ApiServer.Content([1, 2, 3, 4, 5, 6, 7, 8], type, encoding), Cancel);
                ((int)answer.StatusCode).ShouldBeInRange(400, 415, $"{path} {encoding}");
            }

            using HttpResponseMessage foreign = await server.Http.PostAsync(path, ApiServer.Content(Text("{}"), "image/png"), Cancel);
            ((int)foreign.StatusCode).ShouldBeLessThan(500);
        }

        using HttpResponseMessage good = await server.PostAsync("/api/v1/logs", """{"message":"still here"}""", Json);
        (await good.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Bad_questions_are_400()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        foreach (string query in new[] { "limit=0", "limit=x", "start=soon", "end=later" })
        {
            using HttpResponseMessage answer = await server.Http.GetAsync($"/api/v1/logs?{query}", Cancel);
            await answer.ProblemAsync(HttpStatusCode.BadRequest);
        }
    }

    private static async Task WaitForTemplatesAsync(ApiServer server, int count)
    {
        while ((await server.GetAsync("/api/v1/logs/templates")).GetProperty("templates").GetArrayLength() < count) await Task.Yield();
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
