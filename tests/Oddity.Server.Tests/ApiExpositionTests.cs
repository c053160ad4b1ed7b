using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.Exposition;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>Exposition text, pushed: what is stored, what is refused, with which answer.</summary>
public class ApiExpositionTests
{
    private const string Path = "/api/v1/import/prometheus";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Samples_of_text_are_stored_under_their_names_labels_and_times()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string text = $$"""
            # HELP http_requests_total The total number of requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 {{Now}}
            http_requests_total{method="post",code="400",}    3 {{Now}}

              plain 12.47e1
            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
            weird {le="}"} -0
            {"name with.dots","label é"="x"} .5
            """;
        JsonElement answer = await (await server.PostAsync(Path, text)).JsonAsync();
        answer.GetProperty("accepted").GetInt32().ShouldBe(6, answer.ToString());
        answer.GetProperty("rejected").GetInt32().ShouldBe(0);
        (await server.SamplesAsync("http_requests_total{code=\"200\",method=\"post\"}")).ShouldBe([(Now, 1027.0)]);
        (await server.SamplesAsync("plain")).Single().Value.ShouldBe(124.7);
        (await server.SamplesAsync("plain")).Single().TimeMs.ShouldBeGreaterThanOrEqualTo(Now);
        (await server.SamplesAsync("msdos_file_access_time_seconds{error=\"Cannot find file:\\n\\\"FILE.TXT\\\"\",path=\"C:\\\\DIR\\\\FILE.TXT\"}")).Single().Value.ShouldBe(1458255915);
        double.IsNegative((await server.SamplesAsync("weird{le=\"}\"}")).Single().Value).ShouldBeTrue();
        (await server.SamplesAsync("{\"name with.dots\",\"label é\"=\"x\"}")).Single().Value.ShouldBe(0.5);
    }

    [Fact]
    public async Task OpenMetrics_has_seconds_exemplars_and_an_end()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string text = $"# TYPE foo histogram\nfoo_bucket{{le=\"10.0\"}} 17 {Now / 1000}.{Now % 1000:000} # {{trace_id=\"oHg5SJYRHA0\"}} 9.8 {Now / 1000}.1\nfoo_count 17 # {{}} 1\n# EOF\n";
        JsonElement answer = await (await server.PostAsync(Path, text, OpenMetrics)).JsonAsync();
        answer.GetProperty("accepted").GetInt32().ShouldBe(2, answer.ToString());
        (await server.SamplesAsync("foo_bucket{le=\"10.0\"}")).ShouldBe([(Now, 17.0)]);
        (await (await server.PostAsync(Path, text.Replace("# EOF\n", "", StringComparison.Ordinal), OpenMetrics)).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("missing_end");
        (await server.PostAsync(Path, "# EOF", OpenMetrics)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Extra_labels_stand_in_place_of_a_series_own_and_a_time_is_given_to_those_without()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string path = $"{Path}?extra_label=job=a%20b&extra_label=zone=&timestamp={Now - 5000}";
        for (int i = 0; i < 2; i++)
        {
            JsonElement answer = await (await server.PostAsync(path, $"m{{job=\"own\",zone=\"z\"}} {i}\nm{{job=\"other\"}} 7 {Now}\n")).JsonAsync();
            answer.GetProperty("accepted").GetInt32().ShouldBe(2);
        }

        await server.PostAsync(Path, $"m{{job=\"own\"}} 9 {Now}");
        (await server.SamplesAsync("m{job=\"a b\"}")).Select(sample => sample.Value).Order().ShouldBe([0, 1, 7, 7]);
        (await server.SamplesAsync("m{job=\"own\"}")).ShouldBe([(Now, 9.0)]);
        (await (await server.PostAsync(Path + "?extra_label=nothing", "m 1")).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
        (await (await server.PostAsync(Path + "?timestamp=soon", "m 1")).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_parameter");
    }

    [Fact]
    public async Task A_name_alone_and_the_same_name_with_labels_after_a_blank_are_two_series()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 2; i++) await server.PostAsync(Path, $"a 1 {Now + i}\nb 2 {Now + i}\n");
        await server.PostAsync(Path, $"a {{x=\"1\"}} 3 {Now}\nb{{x=\"1\"}} 4 {Now}\nab 5 {Now}\n");
        (await server.SamplesAsync("a")).Length.ShouldBe(2);
        (await server.SamplesAsync("a{x=\"1\"}")).ShouldBe([(Now, 3.0)]);
        (await server.SamplesAsync("b{x=\"1\"}")).ShouldBe([(Now, 4.0)]);
        (await server.SamplesAsync("ab")).ShouldBe([(Now, 5.0)]);
    }

    [Fact]
    public async Task A_bad_line_costs_only_itself_and_is_named()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        JsonElement answer = await (await server.PostAsync(Path, $"good 1 {Now}\n\nbad-name 1\ngood NaN\ngood 2 {Now}\n")).JsonAsync();
        answer.GetProperty("accepted").GetInt32().ShouldBe(2);
        answer.GetProperty("rejected").GetInt32().ShouldBe(2);
        answer.GetProperty("errors")[0].GetProperty("index").GetInt32().ShouldBe(1);
        answer.GetProperty("errors")[0].GetProperty("detail").GetString().ShouldBe("Line 3: The metric's name has characters that need quotes: \"bad-name 1\"");
        answer.GetProperty("errors")[1].GetProperty("code").GetString().ShouldBe("not_finite");
        (await (await server.PostAsync(Path + "?atomic=true", "good 1\nbad 1 2 3")).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("atomic_refused");
        (await server.SamplesAsync("good")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Encodings_types_and_sizes_are_answered_as_the_contract_says()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 100_000, MaxDecompressedBytes = 200_000 });
        byte[] good = Encoding.UTF8.GetBytes("m 1\n");
        (await SendAsync(server, Gzip(good), encoding: "gzip")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(server, Gzip(good)[..^4], encoding: "gzip")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(server, good, encoding: "br")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(server, good, encoding: "deflate")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(server, good, encoding: "zstd")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, good, type: "application/x-www-form-urlencoded")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(server, good, type: "application/vnd.google.protobuf")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(server, new byte[100_001])).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await SendAsync(server, Gzip(new byte[5_000_000]), encoding: "gzip")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await SendAsync(server, good)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Hostile_bodies_are_400_with_a_problem_and_leave_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        (string Body, string? Type)[] hostile = [.. HostileTexts().Select(text => (text, (string?)null)), .. HostileOpenMetrics().Select(text => (text, (string?)OpenMetrics))];
        hostile.Length.ShouldBeGreaterThan(75);
        foreach ((string body, string? type) in hostile)
        {
            // One byte a character, so that there can be bytes that are not UTF-8.
            using HttpResponseMessage answer = await server.Http.PostAsync(Path, ApiServer.Content(Encoding.Latin1.GetBytes(body), type), TestContext.Current.CancellationToken);
            string said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.Length > 100 ? body[..100] : body);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            JsonElement problem = JsonDocument.Parse(said).RootElement;
            problem.GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
            said.Any(char.IsControl).ShouldBeFalse();
            said.Length.ShouldBeLessThan(6000);
        }

        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await server.PostAsync(Path, "m 1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whatever_text_comes_the_decoder_counts_every_line_of_it()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string good = "a{b=\"c\",d=\"e\\\"f\"} 1.5 1700000000000\nup 1\n# TYPE x counter\nx_total 3 # {t=\"u\"} 1 2\n# EOF\n";
        Gen<string> pieces = Gen.Elements("{", "}", "\"", "\\", "\n", " ", "#", "=", ",", "a", "1", "NaN", "\r\n", "é", "\0", "# EOF", "1e999", "-", ".", "__name__").ListOf().Select(list => string.Concat(list));
        Gen<string> bent = from at in Gen.Choose(0, good.Length - 1)
                           from more in pieces
                           from cut in Gen.Choose(0, good.Length - at)
                           select good[..at] + more + good[(at + cut)..];
        Prop.ForAll(Gen.OneOf(pieces, bent).ToArbitrary(), text =>
        {
            foreach (bool openMetrics in new[] { false, true })
            {
                using Batch batch = server.Pipeline.BeginBatch("t", ExpositionDecoder.Protocol, new(Backfill: true));
                ExpositionDecoder.Decode(Encoding.UTF8.GetBytes(text), batch, new() { DefaultTimeMs = Now, OpenMetrics = openMetrics });
                int lines = text.Split('\n').Count(line => line.Trim(' ', '\t', '\r').Length > 0 && !line.TrimStart(' ', '\t', '\r').StartsWith('#'));
                if (!openMetrics) batch.RecordCount.ShouldBe(lines, text);
                (batch.Count + batch.Rejected).ShouldBe(batch.RecordCount);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    private static IEnumerable<string> HostileTexts()
    {
        yield return "";
        yield return " \n\t\r\n";
        yield return "\u00EF\u00BB\u00BF";
        string[] lines =
        [
            "m", "m ", "m x", "m 1 2 3", "m 1 x", "m 1 1.5", "m 1 99999999999999999999", "m 1 -99999999999999999", "m 1e400", "m -1e400", "m NaN", "m +Inf", "m -inf", "m Infinity", "m 0x10", "m 1_000", "m 1,5",
            "m --1", "m 1e", "m .", "m - 1", "1m 1", "-m 1", "m.n 1", "m-n 1", "m/n 1", "m\u00E9 1", "{} 1", "{a=\"b\"} 1", "m{ 1", "m{a 1", "m{a} 1", "m{a=} 1", "m{a=b} 1", "m{a='b'} 1", "m{a=\"b} 1",
            "m{a=\"b\\\"} 1", "m{a=\"b\" 1", "m{a=\"b\"c=\"d\"} 1", "m{a=\"b\",,c=\"d\"} 1", "m{,a=\"b\"} 1", "m{,} 1", "m{=\"b\"} 1", "m{1a=\"b\"} 1", "m{a:b=\"c\"} 1", "m{a-b=\"c\"} 1", "m{a=\"b\",a=\"c\"} 1",
            "m{\"n\",a=\"b\"} 1", "{\"\"} 1", "{\"m\",\"n\"} 1", "m{__name__=\"n\"} 1", "m{a=\"\u00C3\"} 1", "m{a=\"\u00FF\u00FE\"} 1", "m{a=\"\u00ED\u00A0\u0080\"} 1", "m{a=\"b\"} # {} 1", "m 1 # {} 1", "m{\"\u0000\"=\"b\"} 1",
            "\0 1", "m\0 1", "{\"a\\nb\"} 1", "m}{ 1", "m\"\" 1", "m 1 1700000000", "m 1 9223372036854775807", "m 1 253402300800000", "m{{a=\"b\"}} 1", "m;a=b 1", "m{a=\"b\"}{c=\"d\"} 1", "m{a=\"b\"};", "\u0085 1",
            "m 1 " + (Now + 3_600_000), "m 1 " + (Now - 40L * 86_400_000),
        ];
        foreach (string line in lines) yield return line;
        yield return new string('n', 300) + " 1";
        yield return "m{" + new string('l', 300) + "=\"v\"} 1";
        yield return "m{l=\"" + new string('v', 3000) + "\"} 1";
        yield return "m{" + string.Join(',', Enumerable.Range(0, 60).Select(i => $"l{i}=\"v\"")) + "} 1";
        yield return "m{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"l{i}=\"v\"")) + "} 1";
        yield return new string('{', 100_000);
        yield return new string('"', 100_000);
        yield return "m{a=\"" + new string('\\', 100_001) + "\"} 1";
        yield return string.Concat(Enumerable.Repeat("m{\n", 50_000));
        yield return new string('9', 100_000);
        yield return "m " + new string('9', 100_000);
    }

    private static IEnumerable<string> HostileOpenMetrics()
    {
        yield return "m 1\n";
        yield return "m 1\n#EOF\n";
        yield return "m 1\n# EOFX\n";
        yield return "# EOF\nm 1\n";
        yield return "# EOF\n# EOF\n";
        string[] lines = ["m 1 x", "m 1 1e30", "m 1 2026-01-01", "m 1 # 1", "m 1 # {a=\"b\"}", "m 1 # {a=\"b\"} x", "m 1 # {a=\"b\"} 1 x", "m 1 # {a=\"b\"} 1 2 3", "m 1 # {a=\"b} 1", "m 1 1 1", "m 1 # {", "m NaN"];
        foreach (string line in lines) yield return line + "\n# EOF\n";
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static Task<HttpResponseMessage> SendAsync(ApiServer server, byte[] body, string? type = null, string? encoding = null) =>
        server.Http.PostAsync(Path, ApiServer.Content(body, type, encoding), TestContext.Current.CancellationToken);
}
