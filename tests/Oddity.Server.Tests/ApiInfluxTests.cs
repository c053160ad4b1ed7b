using System.Net;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Series;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary>What senders of InfluxDB's line protocol meet, in their own words.</summary>
public class ApiInfluxTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/write?db=telegraf&precision=ms")]
    [InlineData("/api/v2/write?org=o&bucket=b&precision=ms")]
    [InlineData("/influx/write?db=telegraf&rp=autogen&precision=ms")]
    [InlineData("/influx/api/v2/write?precision=ms")]
    public async Task Lines_are_stored_and_answered_with_204_and_nothing(string path)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using HttpResponseMessage answer = await server.PostAsync(path, $"cpu,host=a value=1 {now}000\ncpu,host=a value=2 {now + 1}000\n", "text/plain; charset=utf-8");
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await answer.Content.ReadAsByteArrayAsync(Cancel)).ShouldBeEmpty();
        await server.SettleAsync();
        JsonElement samples = (await server.GetAsync("/api/v1/samples?series=" + Uri.EscapeDataString("cpu{host=\"a\"}"))).GetProperty("samples");
        samples.ToString().ShouldBe($"[[{now},1],[{now + 1},2]]");
    }

    [Fact]
    public async Task Good_lines_are_stored_beside_bad_ones_which_are_told()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage one = await server.PostAsync("/write", "good value=1\nbad\nworse value=x\n");
        one.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        string error = (await JsonAsync(one)).GetProperty("error").GetString()!;
        error.ShouldStartWith("partial write: ");
        error.ShouldEndWith("dropped=2");
        one.Headers.GetValues("X-Influxdb-Error").Single().ShouldEndWith("dropped=2");

        using HttpResponseMessage two = await server.PostAsync("/api/v2/write", "good value=2\nbad\n");
        two.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement body = await JsonAsync(two);
        body.GetProperty("code").GetString().ShouldBe("invalid");
        body.GetProperty("message").GetString()!.ShouldContain("line 2");
        body.GetProperty("message").GetString()!.ShouldEndWith("dropped=1");

        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=good")).GetProperty("samples").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task With_atomic_a_bad_line_stores_nothing()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/write?atomic=true", "good value=1\nbad\n");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await server.SettleAsync();
        server.Pipeline.CountSeries(SeriesKey.DefaultTenant).ShouldBe(0);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("\n\n# nothing\n", HttpStatusCode.BadRequest)]
    [InlineData("\u001b[31m value=\u0007", HttpStatusCode.BadRequest)]
    public async Task Nothing_decodable_is_400(string body, HttpStatusCode status)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/write", body);
        answer.StatusCode.ShouldBe(status);
        (await JsonAsync(answer)).GetProperty("error").GetString()!.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public async Task Sizes_encodings_and_precisions_have_their_answers()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 1000, MaxDecompressedBytes = 2000 });
        (await StatusAsync(server, ApiServer.Content(new byte[3000]))).ShouldBe(413);
        byte[] bomb = ApiIngestTests.Compress(Encoding.ASCII.GetBytes(new string(' ', 100_000)), "gzip");
        (await StatusAsync(server, ApiServer.Content(bomb, null, "gzip"))).ShouldBe(413);
        byte[] good = ApiIngestTests.Compress("m value=1"u8.ToArray(), "gzip");
        (await StatusAsync(server, ApiServer.Content(good, null, "gzip"))).ShouldBe(204);
        (await StatusAsync(server, ApiServer.Content(good[..^3], null, "gzip"))).ShouldBe(400);
        (await StatusAsync(server, ApiServer.Content(good, null, "zstd"))).ShouldBe(415);
        (await StatusAsync(server, ApiServer.Content("m value=1"u8.ToArray(), "image/png"))).ShouldBe(415);
        (await StatusAsync(server, ApiServer.Content("m value=1"u8.ToArray()), "?precision=fortnight")).ShouldBe(400);

        static async Task<int> StatusAsync(ApiServer server, HttpContent content, string query = "")
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/write" + query, content, Cancel);
            if ((int)answer.StatusCode != 204) (await JsonAsync(answer)).GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task Clients_find_what_they_ask_before_they_write()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage ping = await server.Http.GetAsync("/ping", Cancel);
        ping.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ping.Headers.Contains("X-Influxdb-Version").ShouldBeTrue();
        using HttpResponseMessage created = await server.Http.PostAsync("/query?q=CREATE%20DATABASE%20%22telegraf%22", null, Cancel);
        (await JsonAsync(created)).GetProperty("results").GetArrayLength().ShouldBe(1);
        using HttpResponseMessage asForm = await server.Http.PostAsync("/query", new FormUrlEncodedContent([new("q", "CREATE DATABASE \"telegraf\"")]), Cancel);
        asForm.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage other = await server.Http.GetAsync("/query?q=SELECT%201", Cancel);
        other.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;
}
