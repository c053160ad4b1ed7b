using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.Collectd;
using Oddity.Engine.Series;

namespace Oddity.Server.Tests;

/// <summary>What collectd's write_http sends.</summary>
public class ApiCollectdTests
{
    private const string Path = "/collectd";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Value_lists_are_samples()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string time = $"{Now / 1000}.{Now % 1000:000}";
        string body =
            $$$"""
            [{"values":[1901474177,99.5],"dstypes":["derive","gauge"],"dsnames":["rx","tx"],"time":{{{time}}},"interval":10,"host":"h","plugin":"interface","plugin_instance":"eth0","type":"if_octets","type_instance":"","meta":{"a":true}},
             {"values":[0.5],"dstypes":["gauge"],"dsnames":["value"],"time":{{{time}}},"interval":10,"host":"h","plugin":"load","plugin_instance":"","type":"load","type_instance":"1"},
             {"values":[null],"dstypes":["derive"],"dsnames":["value"],"time":{{{time}}},"interval":10,"host":"h","plugin":"cpu","plugin_instance":"0","type":"cpu","type_instance":"idle"}]
            """;
        for (int i = 0; i < 2; i++) (await (await server.PostAsync(Path, body, "application/json")).JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(3);
        (await server.SamplesAsync("collectd_interface_if_octets_tx{host=\"h\",plugin_instance=\"eth0\"}")).ShouldBe([(Now, 99.5), (Now, 99.5)]);
        (await server.SamplesAsync("collectd_load{host=\"h\",type_instance=\"1\"}")).ShouldBe([(Now, 0.5), (Now, 0.5)]);
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(3);
    }

    [Fact]
    public async Task Hostile_bodies_are_400_with_a_problem_and_leave_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        string[] hostile = [.. Hostile()];
        hostile.Length.ShouldBeGreaterThan(60);
        foreach (string body in hostile)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync(Path, ApiServer.Content(Encoding.Latin1.GetBytes(body), "application/json"), TestContext.Current.CancellationToken);
            string said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.Length > 200 ? body[..200] : body);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            JsonDocument.Parse(said).RootElement.GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
        }

        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
        (await server.PostAsync(Path, "[" + List() + "]", "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.PostAsync(Path, "[]", "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.PostAsync(Path, "PUTVAL \"h/p/t\" interval=10 N:1", "application/x-protobuf")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_bad_list_costs_only_itself()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        JsonElement answer = await (await server.PostAsync(Path, $"[{List()},{List(values: "[\"x\"]")},1,{List()}]", "application/json")).JsonAsync();
        (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()).ShouldBe((2, 2));
        answer.GetProperty("errors")[0].GetProperty("index").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Whatever_bytes_come_the_decoder_says_yes_or_no()
    {
        byte[] good = Encoding.UTF8.GetBytes($"[{List()},{List()}]");
        Gen<byte[]> bytes = ArbMap.Default.GeneratorFor<byte>().ArrayOf();
        Gen<byte[]> bent = from at in Gen.Choose(0, good.Length - 1)
                           from more in Gen.Elements("null", "[]", "{}", "\"\\ud800\"", "1e999", "-", "\"", "]", ",", "\xFF").Select(Encoding.Latin1.GetBytes)
                           from cut in Gen.Choose(0, 20)
                           select (byte[])[.. good[..at], .. more, .. good[Math.Min(good.Length, at + cut)..]];
        Prop.ForAll(Gen.OneOf(bytes, bent).ToArbitrary(), body =>
        {
            bool decoded = CollectdDecoder.TryDecode(body, "t", out Engine.Intake.IngestBatch? batch, out Connectors.Sources.DecodeFailure? failure);
            (batch is not null, failure is null).ShouldBe((decoded, decoded));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(3, 5));
    }

    [Fact]
    public async Task A_real_collectd_sends_what_it_reads()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-collectd-").FullName, file = System.IO.Path.Combine(folder, "collectd.conf");
        string program = new[] { "/usr/sbin/collectd", "/usr/local/sbin/collectd" }.FirstOrDefault(File.Exists) ?? AcceptanceProcess.Find("collectd");
        await using ApiServer server = await ApiServer.StartAsync();
        await File.WriteAllTextAsync(
            file,
            $"""
            Hostname "real"
            FQDNLookup false
            BaseDir "{folder}"
            PIDFile "{folder}/pid"
            Interval 1
            LoadPlugin load
            LoadPlugin memory
            LoadPlugin write_http
            <Plugin write_http>
              <Node "oddity">
                URL "{server.Address}collectd"
                Format "JSON"
                StoreRates true
                BufferSize 2048
              </Node>
            </Plugin>

            """,
            TestContext.Current.CancellationToken);
        await using (AcceptanceProcess collectd = AcceptanceProcess.Start(program, ["-f", "-C", file]))
        {
            await AcceptanceTests.UntilAsync(
                async () => (await server.SamplesAsync("collectd_memory{host=\"real\",type_instance=\"free\"}")).Length >= 3, TimeSpan.FromSeconds(60), () => $"Nothing came:\n{collectd.Said}");
            (await server.SamplesAsync("collectd_load_longterm{host=\"real\"}")).ShouldNotBeEmpty();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string List(string values = "[1]", string names = "[\"value\"]", string time = "1", string plugin = "\"p\"", string type = "\"t\"", string host = "\"h\"") =>
        $"{{\"values\":{values},\"dstypes\":[\"gauge\"],\"dsnames\":{names},\"time\":{(time == "1" ? $"{Now / 1000}" : time)},\"interval\":10,\"host\":{host},\"plugin\":{plugin},\"plugin_instance\":\"\",\"type\":{type},\"type_instance\":\"\"}}";

    private static IEnumerable<string> Hostile()
    {
        string[] bodies =
        [
            "", " ", "{}", "1", "null", "\"a\"", "true", "[", "]", "[{", "[{}", "[{}]", "[1]", "[null]", "[[]]", "[\"a\"]", "[true]", "{\"values\":[1]}", "[{\"values\":[1]}]", "PUTVAL \"h/p/t\" interval=10 N:1",
            "[{}]x", "[{},]", "[,{}]", "['a']", "[{'plugin':'p'}]", "\u00FF\u00FE[]", "[\u0000]", "\u00EF\u00BB\u00BF", "[{\"plugin\":\"p\"}]", "[{\"plugin\":\"p\",\"type\":\"t\"}]", "[{\"message\":\"n\",\"severity\":\"OKAY\",\"time\":1}]",
            $"[{List(values: "[]")}]", $"[{List(values: "1")}]", $"[{List(values: "null")}]", $"[{List(values: "[\"1\"]")}]", $"[{List(values: "[true]")}]", $"[{List(values: "[[1]]")}]", $"[{List(values: "[{}]")}]",
            $"[{List(values: "[1e999]")}]", $"[{List(values: "[-1e999]")}]", $"[{List(values: "[NaN]")}]", $"[{List(values: "[nan]")}]", $"[{List(values: "[Infinity]")}]", $"[{List(values: "[1,2]")}]", $"[{List(values: "[01]")}]",
            $"[{List(values: "[1,2]", names: "[\"a\"]")}]", $"[{List(values: "[1,2]", names: "null")}]", $"[{List(names: "[\"\\ud800\"]")}]", $"[{List(names: "[1]")}]", $"[{List(time: "\"now\"")}]", $"[{List(time: "\"1\"")}]",
            $"[{List(time: "1e30")}]", $"[{List(time: "-1e30")}]", $"[{List(time: "true")}]", $"[{List(time: "[]")}]", $"[{List(time: "0")}]", $"[{List(time: "253402300800")}]", $"[{List(time: $"{(Now / 1000) + 3600}")}]",
            $"[{List(plugin: "\"\"")}]", $"[{List(plugin: "1")}]", $"[{List(plugin: "null")}]", $"[{List(plugin: "\"\\ud800\"")}]", $"[{List(plugin: "\"\\u0000\"")}]", $"[{List(type: "\"\"")}]", $"[{List(type: "{}")}]",
            $"[{List(type: "\"\\n\"")}]", $"[{List(host: "\"\\udfff\"")}]", $"[{List(plugin: "\"\u00FF\"")}]",
        ];
        foreach (string body in bodies) yield return body;
        yield return new string('[', 100_000);
        yield return string.Concat(Enumerable.Repeat("{\"a\":", 100_000));
        yield return $"[{List(values: "[" + string.Join(',', Enumerable.Repeat("1", 10_000)) + "]")}]";
        yield return $"[{List(plugin: "\"" + new string('p', 10_000) + "\"")}]";
        yield return $"[{List(host: "\"" + new string('h', 10_000) + "\"")}]";
        yield return "[" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "]";
    }
}
