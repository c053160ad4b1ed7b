using System.Net;
using System.Text;
using System.Text.Json;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ApiUploadTests
{
    private const string Csv = "metric,value,timestamp\ncpu,50,1234567890\ncpu,51,1234567891\ncpu,oops,1234567892\n";
    private const string Json = """[{"metric":"memory","value":1,"timestamp":1234567890},{"metric":"memory","value":2,"timestamp":1234567891}]""";
    private const string Txt = "disk\t10\t1234567890\ndisk\t11\t1234567891\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_2009_is_taken_whole_and_its_bad_row_named()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.PostAsync("/upload", Form("file", ("events.csv", Encoding.UTF8.GetBytes(Csv))), Cancel);
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("accepted").GetInt32().ShouldBe(2);
        body.GetProperty("rejected").GetInt32().ShouldBe(1);
        body.GetProperty("errors")[0].GetProperty("index").GetInt32().ShouldBe(2);
        body.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("bad_value");
        body.GetProperty("files")[0].GetProperty("name").GetString().ShouldBe("events.csv");
        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=cpu&start=2009-02-13&end=2009-02-13")).GetProperty("samples").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Many_files_are_told_one_by_one_with_their_own_row_numbers()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.PostAsync(
            "/upload/bulk",
            Form(
                "files",
                ("a.json", Encoding.UTF8.GetBytes(Json)),
                ("folder/b.csv", Encoding.UTF8.GetBytes(Csv)),
                ("broken.json", "[{"u8.ToArray()),
                ("C:\\c.txt", Encoding.UTF8.GetBytes(Txt)),
                ("d.csv.gz", ApiIngestTests.Compress(Encoding.UTF8.GetBytes(Csv), "gzip")),
                ("cut.csv.gz", ApiIngestTests.Compress(Encoding.UTF8.GetBytes(Csv), "gzip")[..^5])),
            Cancel);
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("name").GetString(), file.GetProperty("accepted").GetInt32(), file.GetProperty("rejected").GetInt32()))
            .ShouldBe([("a.json", 2, 0), ("b.csv", 2, 1), ("broken.json", 0, 0), ("c.txt", 2, 0), ("d.csv.gz", 2, 1), ("cut.csv.gz", 0, 0)]);
        body.GetProperty("accepted").GetInt32().ShouldBe(8);
        body.GetProperty("rejected").GetInt32().ShouldBe(2);
        body.GetProperty("files")[1].GetProperty("errors")[0].GetProperty("index").GetInt32().ShouldBe(2);
        body.GetProperty("files")[2].GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("bad_json");
        body.GetProperty("files")[4].GetProperty("errors")[0].GetProperty("index").GetInt32().ShouldBe(2);
        body.GetProperty("files")[5].GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("bad_gzip");
    }

    [Fact]
    public async Task Atomic_takes_all_files_or_none()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage refused = await server.Http.PostAsync(
            "/upload/bulk?atomic=true", Form("files", ("a.json", Encoding.UTF8.GetBytes(Json)), ("b.csv", Encoding.UTF8.GetBytes(Csv))), Cancel);
        (await refused.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("atomic_refused");
        using HttpResponseMessage unreadable = await server.Http.PostAsync(
            "/upload/bulk?atomic=true", Form("files", ("a.json", Encoding.UTF8.GetBytes(Json)), ("b.json", "[{"u8.ToArray())), Cancel);
        (await unreadable.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("atomic_refused");
        await server.SettleAsync();
        (await server.GetAsync("/api/metrics")).GetArrayLength().ShouldBe(0);
        using HttpResponseMessage taken = await server.Http.PostAsync(
            "/upload/bulk?atomic=true", Form("files", ("a.json", Encoding.UTF8.GetBytes(Json)), ("c.txt", Encoding.UTF8.GetBytes(Txt))), Cancel);
        (await taken.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(4);
    }

    [Theory]
    [InlineData("events.csv", "text/csv", Csv, 2)]
    [InlineData("events.json", null, Json, 2)]
    [InlineData("events.txt", "application/octet-stream", Txt, 2)]
    [InlineData("", null, Json, 2)]
    public async Task A_file_may_be_the_body_itself(string name, string? type, string content, int accepted)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync($"/upload?filename={name}", content, type);
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("accepted").GetInt32().ShouldBe(accepted);
        body.GetProperty("files")[0].GetProperty("name").GetString().ShouldBe(name.Length == 0 ? "upload" : name);
    }

    [Fact]
    public async Task A_table_may_go_to_the_ingest_routes_too()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/api/v1/events?backfill=true", Csv, "text/csv");
        (await answer.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_good_in_any_file_is_a_400_that_tells_of_each()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.Http.PostAsync("/upload/bulk", Form("files", ("a.json", "[{"u8.ToArray()), ("b.csv", [])), Cancel);
        JsonElement problem = await answer.JsonAsync(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().ShouldBe("bad_json");
        problem.GetProperty("files").GetArrayLength().ShouldBe(2);
        problem.GetProperty("files")[1].GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("empty_body");
    }

    [Theory]
    [InlineData("multipart/form-data", "")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data; boundary=x", "--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ncut off")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nnot a header\r\n\r\nvalue\r\n--x--\r\n")]
    public async Task A_broken_form_is_a_400(string type, string body)
    {
        await using ApiServer server = await ApiServer.StartAsync();
        using HttpResponseMessage answer = await server.PostAsync("/upload", body, type);
        (await answer.ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("bad_form");
    }

    [Fact]
    public async Task Foreign_types_are_415_and_files_too_large_413_packed_or_not()
    {
        await using ApiServer server = await ApiServer.StartAsync(new HttpOptions { MaxBodyBytes = 10_000, MaxDecompressedBytes = 20_000 });
        using HttpResponseMessage foreign = await server.PostAsync("/upload", "x", "image/png");
        (await foreign.ProblemAsync(HttpStatusCode.UnsupportedMediaType)).ShouldBe("unknown_content_type");
        byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("cpu,1,1234567890\n", 1000)));
        using HttpResponseMessage large = await server.Http.PostAsync("/upload", Form("file", ("a.csv", rows)), Cancel);
        (await large.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too_large");
        byte[] packed = ApiIngestTests.Compress(rows, "gzip");
        using HttpResponseMessage one = await server.Http.PostAsync("/upload", Form("file", ("a.csv.gz", packed)), Cancel);
        (await one.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(1000);
        using HttpResponseMessage two = await server.Http.PostAsync("/upload/bulk", Form("files", ("a.csv.gz", packed), ("b.csv.gz", packed)), Cancel);
        (await two.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too_large");
    }

    [Fact]
    public async Task A_repeated_upload_with_the_same_key_is_stored_once()
    {
        await using ApiServer server = await ApiServer.StartAsync();
        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/upload") { Content = Form("file", ("c.txt", Encoding.UTF8.GetBytes(Txt))) };
            request.Headers.Add("Idempotency-Key", "upload-1");
            using HttpResponseMessage answer = await server.Http.SendAsync(request, Cancel);
            (await answer.JsonAsync()).GetProperty("accepted").GetInt32().ShouldBe(2);
        }

        await server.SettleAsync();
        (await server.GetAsync("/api/v1/samples?series=disk&start=2009-02-13")).GetProperty("samples").GetArrayLength().ShouldBe(2);
    }

    private static MultipartFormDataContent Form(string field, params (string Name, byte[] Body)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach ((string name, byte[] body) in files) form.Add(new ByteArrayContent(body), field, name);
        return form;
    }
}
