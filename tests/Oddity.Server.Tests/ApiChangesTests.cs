using System.Globalization;
using System.Net;
using System.Text.Json;
using Oddity.Engine.Changes;

namespace Oddity.Server.Tests;

/// <summary>Changes over HTTP: posted, listed, in Grafana's words, and seen by OpenTelemetry's <c>service.version</c>.</summary>
public sealed class ApiChangesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_listed_newest_first_with_all_that_was_said()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        JsonElement answer = await (await server.PostAsync("/api/v1/changes", """
            [{"kind":"deploy","service":"checkout","version":"1.4.2","time":"2025-12-31T23:00:00Z","end":"2025-12-31T23:05:00Z","tags":["blue",7],"link":"https://ci.example/42"},
             {"kind":"feature-flag","title":"new basket on","text":"for\nall","time":1767222000}]
            """)).JsonAsync();
        answer.GetProperty("accepted").GetInt32().ShouldBe(2);

        JsonElement listed = (await server.GetAsync("/api/v1/changes")).GetProperty("data");
        listed.EnumerateArray().Select(change => change.GetProperty("title").GetString()).ShouldBe(["new basket on", "checkout 1.4.2"]);
        JsonElement first = listed[1];
        first.GetProperty("kind").GetString().ShouldBe("deployment");
        first.GetProperty("end").GetString().ShouldBe("2025-12-31T23:05:00.000Z");
        first.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["blue", "7"]);
        first.GetProperty("link").GetString().ShouldBe("https://ci.example/42");
        answer.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ShouldContain(first.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("?service=b", "b")]
    [InlineData("?kind=configuration", "a")]
    [InlineData("?kind=configuration,deployment", "b a")]
    [InlineData("?start=2025-12-31T22:30:00Z", "b")]
    [InlineData("?end=2025-12-31T22:30:00Z", "a")]
    [InlineData("?start=2025-12-31T22:02:00Z&end=2025-12-31T22:03:00Z", "a")]
    [InlineData("?limit=1", "b")]
    [InlineData("?service=c", "")]
    public async Task A_list_can_be_narrowed(string query, string found)
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        await server.PostAsync("/api/v1/changes", """
            {"kind":"config","title":"a","service":"a","time":"2025-12-31T22:00:00Z","end":"2025-12-31T22:05:00Z"}
            {"kind":"deployment","title":"b","service":"b","time":"2025-12-31T23:00:00Z"}
            """);
        JsonElement listed = (await server.GetAsync("/api/v1/changes" + query)).GetProperty("data");
        string.Join(' ', listed.EnumerateArray().Select(change => change.GetProperty("title").GetString())).ShouldBe(found);
    }

    [Fact]
    public async Task A_change_sent_twice_is_one_and_can_be_taken_back()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        const string change = """{"title":"index rebuilt","time":"2025-12-31T23:00:00Z"}""";
        string id = (await (await server.PostAsync("/api/v1/changes", change)).JsonAsync()).GetProperty("ids")[0].GetString()!;
        (await (await server.PostAsync("/api/v1/changes", change)).JsonAsync()).GetProperty("ids")[0].GetString().ShouldBe(id);
        await server.PostAsync("/api/v1/changes", """{"id":"ci-7","title":"began","time":"2025-12-31T23:10:00Z"}""");
        await server.PostAsync("/api/v1/changes", """{"id":"ci-7","title":"done","time":"2025-12-31T23:10:00Z","end":"2025-12-31T23:12:00Z"}""");
        (await TitlesAsync(server)).ShouldBe(["done", "index rebuilt"]);

        using HttpResponseMessage gone = await server.Http.DeleteAsync("/api/v1/changes/" + id, Cancel);
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage again = await server.Http.DeleteAsync("/api/v1/changes/" + id, Cancel);
        (await again.ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        (await TitlesAsync(server)).ShouldBe(["done"]);
    }

    [Fact]
    public async Task Grafanas_annotations_are_changes_and_changes_are_annotations()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        long at = Now.AddMinutes(-10).ToUnixTimeMilliseconds();
        JsonElement added = await (await server.PostAsync("/api/annotations", $$"""{"dashboardUID":"x","time":{{at}},"timeEnd":{{at + 60_000}},"tags":["deploy","service:checkout"],"text":"checkout 1.4.2"}""")).JsonAsync();
        added.GetProperty("message").GetString().ShouldBe("Annotation added");
        added.GetProperty("id").GetInt64().ShouldBeGreaterThan(0);
        added = await (await server.PostAsync("/api/annotations/graphite", $$"""{"what":"restart","when":{{at / 1000}},"tags":"ops night","data":"kernel"}""")).JsonAsync();
        added.GetProperty("message").GetString().ShouldBe("Graphite annotation added");

        JsonElement all = await server.GetAsync($"/api/annotations?from={at}&to={at + 1}");
        all.GetArrayLength().ShouldBe(2);
        JsonElement deploy = (await server.GetAsync("/api/annotations?tags=deploy&tags=service:checkout"))[0];
        deploy.GetProperty("time").GetInt64().ShouldBe(at);
        deploy.GetProperty("timeEnd").GetInt64().ShouldBe(at + 60_000);
        (await server.GetAsync("/api/annotations?tags=deploy&tags=ops")).GetArrayLength().ShouldBe(0);
        (await server.GetAsync("/api/annotations?tags=deploy&tags=ops&matchAny=true")).GetArrayLength().ShouldBe(2);
        JsonElement change = (await server.GetAsync("/api/v1/changes?service=checkout")).GetProperty("data")[0];
        change.GetProperty("kind").GetString().ShouldBe("deployment");
    }

    [Fact]
    public async Task A_version_that_opentelemetry_sees_change_is_a_deployment()
    {
        var time = new ManualTime();
        await using ApiServer server = await ApiServer.StartAsync(time: time);
        await SendAsync("1.0", 0);
        (await TitlesAsync(server)).ShouldBeEmpty();
        await SendAsync("1.1", 10);
        foreach (string rolling in new[] { "1.0", "1.1", "1.0", "1.1" }) await SendAsync(rolling, 1);
        (await TitlesAsync(server)).ShouldBe(["shop 1.0 → 1.1"]);
        for (int i = 0; i < 6; i++) await SendAsync("1.1", 10);
        await SendAsync("1.0", 1);
        (await TitlesAsync(server)).ShouldBe(["shop 1.1 → 1.0", "shop 1.0 → 1.1"]);

        async Task SendAsync(string version, int minutesLater)
        {
            time.Advance(TimeSpan.FromMinutes(minutesLater));
            using HttpResponseMessage answer = await server.PostAsync("/v1/metrics", $$$"""
                {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.version","value":{"stringValue":"{{{version}}}"}}]},
                 "scopeMetrics":[{"metrics":[{"name":"load","gauge":{"dataPoints":[{"asDouble":1.5}]}}]}]}]}
                """, "application/json");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_tenant_has_no_more_changes_than_it_may_and_hears_of_it()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < ChangeStore.MaxPerTenant; i += 10_000) (await PostAsync(i, 10_000)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage refused = await PostAsync(ChangeStore.MaxPerTenant, 1);
        (await refused.ProblemAsync(HttpStatusCode.TooManyRequests)).ShouldBe("over_limit");
        refused.Headers.RetryAfter.ShouldNotBeNull();

        Task<HttpResponseMessage> PostAsync(int from, int count) =>
            server.PostAsync("/api/v1/changes", string.Join('\n', Enumerable.Range(from, count).Select(i => $$"""{"title":"{{i}}"}""")));
    }

    public static TheoryData<string, string, int, string> Hostile() => new()
    {
        { "/api/v1/changes", "", 400, "empty_body" },
        { "/api/v1/changes", " \n\t ", 400, "empty_body" },
        { "/api/v1/changes", "\u0000", 400, "bad_json" },
        { "/api/v1/changes", "null", 400, "bad_record" },
        { "/api/v1/changes", "7", 400, "bad_record" },
        { "/api/v1/changes", "\"x\"", 400, "bad_record" },
        { "/api/v1/changes", "true", 400, "bad_record" },
        { "/api/v1/changes", "{", 400, "bad_json" },
        { "/api/v1/changes", "}", 400, "bad_json" },
        { "/api/v1/changes", "[", 400, "bad_json" },
        { "/api/v1/changes", "[{}", 400, "bad_json" },
        { "/api/v1/changes", "[{},]", 400, "bad_json" },
        { "/api/v1/changes", "[1,2]", 400, "bad_record" },
        { "/api/v1/changes", "[[]]", 400, "bad_record" },
        { "/api/v1/changes", "[null]", 400, "bad_record" },
        { "/api/v1/changes", "{}", 400, "missing_field" },
        { "/api/v1/changes", "{\"title\":\"\"}", 400, "missing_field" },
        { "/api/v1/changes", "{\"title\":\"   \"}", 400, "missing_field" },
        { "/api/v1/changes", "{\"title\":null}", 400, "missing_field" },
        { "/api/v1/changes", "{\"title\":{}}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":[]}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":true}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\\u0000b\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\\nb\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"\\ud800\"}", 400, "bad_text" },
        { "/api/v1/changes", "{\"title\":\"a\",\"text\":\"\\udc00\"}", 400, "bad_text" },
        { "/api/v1/changes", "{\"title\":\"a\",\"tags\":[\"\\udc00\"]}", 400, "bad_text" },
        { "/api/v1/changes", "{\"title\":\"a\",\"kind\":\"nonsense\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"kind\":[]}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"service\":{}}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"version\":false}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"yesterday\"}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"\"}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":{}}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":1e400}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":-1e300}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"2026-13-01\"}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":1}", 400, "too_old" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"2001-01-01\"}", 400, "too_old" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"9999-12-31T23:59:59Z\"}", 400, "too_new" },
        { "/api/v1/changes", "{\"title\":\"a\",\"time\":\"2026-01-01T00:00:00Z\",\"end\":\"2025-12-31\"}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"end\":true}", 400, "bad_time" },
        { "/api/v1/changes", "{\"title\":\"a\",\"tags\":7}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"tags\":[{}]}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"tags\":[\"a\\u0001\"]}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"tags\":{\"a\":{}}}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"link\":\"javascript:alert(1)\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"link\":\"ftp://x\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"link\":\"/relative\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"link\":7}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"id\":\"no spaces\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"id\":\"../../etc\"}", 400, "bad_value" },
        { "/api/v1/changes", "{\"title\":\"a\",\"id\":[]}", 400, "bad_value" },
        { "/api/v1/changes?atomic=true", "{\"title\":\"a\"}\n{}", 400, "atomic_refused" },
        { "/api/v1/changes?precision=weeks", "{\"title\":\"a\"}", 400, "bad_parameter" },
        { "/api/annotations", "", 400, "empty_body" },
        { "/api/annotations", "{}", 400, "missing_field" },
        { "/api/annotations", "{\"text\":\"\"}", 400, "missing_field" },
        { "/api/annotations", "{\"text\":[]}", 400, "bad_value" },
        { "/api/annotations", "{\"text\":\"a\",\"time\":\"x\"}", 400, "bad_time" },
        { "/api/annotations", "{\"text\":\"a\",\"time\":5,\"timeEnd\":1}", 400, "bad_time" },
        { "/api/annotations", "{\"text\":\"a\",\"time\":1}", 400, "too_old" },
        { "/api/annotations", "{\"text\":\"a\",\"tags\":{\"a\":[]}}", 400, "bad_value" },
        { "/api/annotations/graphite", "{\"when\":1}", 400, "missing_field" },
        { "/api/annotations/graphite", "{\"what\":[]}", 400, "bad_value" },
        { "/api/annotations/graphite", "{\"what\":\"a\",\"when\":\"soon\"}", 400, "bad_time" },
        { "/api/annotations/graphite", "{\"what\":\"a\",\"tags\":3}", 400, "bad_value" },
    };

    [Fact]
    public async Task Whatever_is_wrong_is_said_and_the_next_good_one_is_taken()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        int taken = 0;
        foreach (TheoryDataRow<string, string, int, string> row in Hostile())
        {
            (string path, string body, int status, string code) = row.Data;
            using HttpResponseMessage refused = await server.PostAsync(path, body);
            (await refused.ProblemAsync((HttpStatusCode)status)).ShouldBe(code, $"{path} {body}");
            using HttpResponseMessage good = await server.PostAsync("/api/v1/changes", $$"""{"title":"good {{taken++}}"}""");
            good.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await server.GetAsync("/api/v1/changes?limit=1000")).GetProperty("data").GetArrayLength().ShouldBe(taken);
    }

    [Fact]
    public async Task Sizes_types_and_parts_have_their_answers()
    {
        await using ApiServer server = await ApiServer.StartAsync(time: new ManualTime());
        (await CodeAsync(new string(' ', 5 << 20), null)).ShouldBe("too_large");
        (await CodeAsync(string.Concat(Enumerable.Repeat("{\"title\":\"a\"}\n", 10_001)), null)).ShouldBe("too_large");
        (await CodeAsync("[" + string.Join(',', Enumerable.Repeat("{}", 10_001)) + "]", null)).ShouldBe("too_large");
        (await CodeAsync(string.Concat(Enumerable.Repeat("x\n", 2_000)), null)).ShouldBe("too_many_errors");
        (await CodeAsync("{\"title\":\"" + new string('x', 600) + "\"}", null)).ShouldBe("bad_value");
        (await CodeAsync("{\"title\":\"a\",\"text\":\"" + new string('x', 9_000) + "\"}", null)).ShouldBe("bad_value");
        (await CodeAsync("{\"title\":\"a\",\"link\":\"https://x/" + new string('x', 3_000) + "\"}", null)).ShouldBe("bad_value");
        (await CodeAsync("{\"title\":\"a\",\"tags\":[" + string.Join(',', Enumerable.Repeat("\"x\"", 41)) + "]}", null)).ShouldBe("too_many_tags");
        (await CodeAsync(string.Concat(Enumerable.Repeat("{\"a\":", 2_000)), null)).ShouldBe("bad_json");
        (await CodeAsync(new string('[', 100_000), null)).ShouldBe("bad_json");
        (await CodeAsync("{\"title\":\"a\"}", "image/png")).ShouldBe("unknown_content_type");
        (await CodeAsync("{\"title\":\"a\"}", "application/json; charset=utf-16")).ShouldBe("unknown_content_type");
        JsonElement part = await (await server.PostAsync("/api/v1/changes", "{\"title\":\"a\"}\n{}\nx\n{\"title\":\"b\",\"time\":1}\n{\"title\":\"c\"}")).JsonAsync();
        part.GetProperty("accepted").GetInt32().ShouldBe(2);
        part.GetProperty("rejected").GetInt32().ShouldBe(3);
        part.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("index").GetInt32() + " " + error.GetProperty("code").GetString())
            .ShouldBe(["1 missing_field", "2 bad_json", "3 too_old"]);

        async Task<string?> CodeAsync(string body, string? type)
        {
            using HttpResponseMessage answer = await server.PostAsync("/api/v1/changes", body, type);
            ((int)answer.StatusCode).ShouldBeInRange(400, 499);
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("code").GetString();
        }
    }

    private static async Task<string?[]> TitlesAsync(ApiServer server) =>
        [.. (await server.GetAsync("/api/v1/changes")).GetProperty("data").EnumerateArray().Select(change => change.GetProperty("title").GetString())];
}
