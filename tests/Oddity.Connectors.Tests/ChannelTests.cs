using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Oddity.Connectors.Channels;
using Oddity.Connectors.Outbound;
using Oddity.Detection;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

public sealed class ChannelTests : IDisposable
{
    private readonly OutboundHttp _http = new(new() { AllowPrivate = true, Timeout = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
    private readonly ManualTime _time = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Slack_gets_a_text_and_blocks_with_the_evidence()
    {
        await using var sink = new FakeServer(_ => new(200, "ok") { ContentType = "text/plain" });

        (await Slack(sink).SendAsync(AlertOf("cpu{host=\"a\"}"), TestContext.Current.CancellationToken)).ShouldBe(Delivery.Done);

        FakeServer.Request request = sink.Requests.ShouldHaveSingleItem();
        (request.Method, request.Path, request.Headers["Content-Type"]).ShouldBe(("POST", "/services/T0/B0/secret", "application/json; charset=utf-8"));
        using JsonDocument message = JsonDocument.Parse(request.Body);
        message.RootElement.GetProperty("text").GetString().ShouldBe("🔴 High: cpu is 200, expected 50");
        JsonElement[] blocks = [.. message.RootElement.GetProperty("blocks").EnumerateArray()];
        blocks.Select(block => block.GetProperty("type").GetString()).ShouldBe(["header", "section", "section", "section"]);
        TextOf(blocks[0]).ShouldBe("🔴 High: cpu");
        TextOf(blocks[1]).ShouldBe("`cpu{host=\"a\"}`\ncpu was 200.");
        blocks[2].GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("text").GetString()).ShouldBe(
            ["*Value*\n200", "*Expected*\n50", "*Normal band*\nup to 52", "*Score*\n0.93", "*Since*\n2026-11-21 04:00:00 UTC", "*Found by*\nadaptive"]);
        TextOf(blocks[3]).ShouldBe("<http://oddity/anomalies/1?a=1&amp;b=%7C|Open in Oddity>");
    }

    [Theory]
    [InlineData("system_metrics_cpu{host=\"a\"}", 92.34, "ALERT! High metrics detected:\nCPU = 92.3% | Mem = 88.1% | Disk = 95.6%")]
    [InlineData("system_metrics{host=\"a\"}", 92.34, "ALERT! High metrics detected:\nCPU = 77.0% | Mem = 88.1% | Disk = 95.6%")]
    [InlineData("system_metrics_cpu{host=\"other\"}", 92.34, "ALERT! High metrics detected:\nCPU = 92.3% | Mem = unknown | Disk = unknown")]
    public async Task System_metrics_are_told_as_the_system_monitor_did(string series, double value, string text)
    {
        var then = new Dictionary<string, double>
        {
            ["system_metrics_cpu{host=\"a\"}"] = 77,
            ["system_metrics_memory{host=\"a\"}"] = 88.12,
            ["system_metrics_disk{host=\"a\"}"] = 95.55,
        };
        await using var sink = new FakeServer(_ => new(200));
        var slack = new SlackChannel(
            new() { Url = new(sink.Url, "hook"), ValueAt = (key, ms, _) => Task.FromResult<double?>(ms == 1_795_233_600_000 && then.TryGetValue(key.Text, out double known) ? known : null) }, _http);

        await slack.SendAsync(AlertOf(series, value), TestContext.Current.CancellationToken);

        using JsonDocument message = JsonDocument.Parse(sink.Requests.Single().Body);
        message.RootElement.GetProperty("text").GetString().ShouldBe(text);
        TextOf(message.RootElement.GetProperty("blocks")[1]).ShouldBe(text);
    }

    [Fact]
    public async Task A_fall_of_a_system_metric_is_not_told_as_high()
    {
        await using var sink = new FakeServer(_ => new(200));

        await Slack(sink).SendAsync(AlertOf("system_metrics_cpu", value: 0), TestContext.Current.CancellationToken);

        sink.Requests.Single().Body.ShouldNotContain("ALERT!");
    }

    [Fact]
    public async Task Text_from_outside_can_neither_mention_nor_link_nor_leave_its_code_span()
    {
        await using var sink = new FakeServer(_ => new(200));
        SeriesKey series = SeriesKey.Create("default", "<!channel>", [new("a", "`<http://evil|click>&\n*x*")]);

        await Slack(sink).SendAsync(AlertOf(series, 200, "<@U1> & `x`" + new string('<', 100_000)), TestContext.Current.CancellationToken);

        using JsonDocument message = JsonDocument.Parse(sink.Requests.Single().Body);
        string section = TextOf(message.RootElement.GetProperty("blocks")[1])!;
        section.Length.ShouldBeLessThan(3000);
        section.ShouldNotContain("<");
        section.Count(c => c == '`').ShouldBe(2);
        TextOf(message.RootElement.GetProperty("blocks")[0])!.Length.ShouldBeLessThan(150);
        message.RootElement.GetProperty("text").GetString().ShouldStartWith("🔴 High: &lt;!channel&gt; is");
    }

    [Fact]
    public void Escaped_text_is_within_its_length_and_has_no_half_characters() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<string?, int>((text, length) =>
    {
        int max = Math.Abs(length % 50) + 1;
        string escaped = SlackText.Escape(text + "é😀<&>`\u0007" + text, max);

        escaped.Length.ShouldBeLessThanOrEqualTo(max);
        escaped.ShouldNotContain("<");
        escaped.EnumerateRunes().ShouldAllBe(rune => !Rune.IsControl(rune));
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(escaped)).ShouldBe(escaped);
    }));

    [Fact]
    public async Task A_webhook_gets_the_anomaly_the_same_key_at_every_attempt_and_a_signature_it_can_check()
    {
        await using var sink = new FakeServer(_ => new(204));
        WebhookChannel webhook = Webhook(sink, "s3cret");

        (await webhook.SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken)).ShouldBe(Delivery.Done);
        await webhook.SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken);

        FakeServer.Request request = sink.Requests[0];
        request.Body.ShouldBe("{\"alert_id\":\"a1\",\"link\":\"http://oddity/anomalies/1?a=1\\u0026b=|\",\"anomaly\":{\"id\":\"1\"}}");
        sink.Requests.ShouldAllBe(one => one.Headers["Idempotency-Key"] == "a1");
        byte[] expected = HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes($"{_time.NowMs / 1000}.{request.Body}"));
        request.Headers["X-Oddity-Signature"].ShouldBe($"sha256={Convert.ToHexStringLower(expected)}");
        request.Headers["X-Oddity-Timestamp"].ShouldBe($"{_time.NowMs / 1000}");
    }

    [Fact]
    public async Task Without_a_secret_nothing_is_signed()
    {
        await using var sink = new FakeServer(_ => new(200));

        await Webhook(sink, null).SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken);

        sink.Requests.Single().Headers.Keys.ShouldNotContain(name => name.StartsWith("X-Oddity", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, true, false)]
    [InlineData(202, true, false)]
    [InlineData(302, false, false)]
    [InlineData(400, false, false)]
    [InlineData(404, false, false)]
    [InlineData(408, false, true)]
    [InlineData(410, false, false)]
    [InlineData(429, false, true)]
    [InlineData(500, false, true)]
    [InlineData(503, false, true)]
    public async Task An_answer_tells_whether_another_attempt_can_help(int status, bool delivered, bool retry)
    {
        await using var sink = new FakeServer(_ => new(status, "hidden: http://sink/secret") { Headers = ["Retry-After: 7"] });

        foreach (IChannel channel in new IChannel[] { Slack(sink), Webhook(sink, "k") })
        {
            Delivery delivery = await channel.SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken);
            (delivery.Delivered, delivery.Retry).ShouldBe((delivered, retry));
            delivery.Detail.ShouldBe(delivered ? null : $"it answered {status}");
            delivery.RetryAfter.ShouldBe(delivered ? null : TimeSpan.FromSeconds(7));
        }
    }

    [Fact]
    public async Task A_word_of_explanation_is_passed_on()
    {
        await using var sink = new FakeServer(_ => new(404, "channel_is_archived") { ContentType = "text/plain" });

        (await Slack(sink).SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken)).Detail.ShouldBe("it answered 404 channel_is_archived");
    }

    [Fact]
    public async Task No_answer_at_all_may_be_tried_again_and_tells_no_secret()
    {
        Uri url;
        await using (var gone = new FakeServer(_ => new(200))) url = new(gone.Url, "services/secret?token=secret");
        await using var hung = new FakeServer(_ => new(200) { Hang = true });
        foreach (Uri target in new[] { url, new(hung.Url, "secret"), new("http://no-such-host.invalid/secret") })
        {
            Delivery delivery = await new SlackChannel(new() { Url = target }, _http).SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken);
            (delivery.Delivered, delivery.Retry).ShouldBe((false, true));
            delivery.Detail.ShouldNotBeNullOrEmpty();
            delivery.Detail.ShouldNotContain("secret");
        }
    }

    [Fact]
    public async Task A_forbidden_address_is_not_tried_again()
    {
        await using var sink = new FakeServer(_ => new(200));
        using var closed = new OutboundHttp(new(), TimeProvider.System);

        Delivery delivery = await new SlackChannel(new() { Url = sink.Url }, closed).SendAsync(AlertOf("cpu"), TestContext.Current.CancellationToken);

        (delivery.Delivered, delivery.Retry, delivery.Detail).ShouldBe((false, false, "127.0.0.1 leads to an address that is not allowed"));
        sink.Requests.ShouldBeEmpty();
    }

    private SlackChannel Slack(FakeServer sink) => new(new() { Url = new(sink.Url, "services/T0/B0/secret") }, _http);

    private WebhookChannel Webhook(FakeServer sink, string? secret) =>
        new(new() { Url = sink.Url, Secret = secret }, _http, _time, anomaly => Encoding.UTF8.GetBytes($"{{\"id\":\"{anomaly.Id}\"}}"));

    private static string? TextOf(JsonElement block) => block.GetProperty("text").GetProperty("text").GetString();

    private static Alert AlertOf(string series, double value = 200)
    {
        SeriesKey.TryParse("default", series, out SeriesKey key).ShouldBeTrue();
        return AlertOf(key, value, "cpu was 200.");
    }

    private static Alert AlertOf(SeriesKey series, double value, string explanation)
    {
        var score = new Score { Value = 0.93, Expected = 50, Lower = double.NegativeInfinity, Upper = 52, Anomalous = true, Statistic = 8, Term = "z-score" };
        var anomaly = new Anomaly
        {
            Id = "1",
            Series = series,
            Detector = "ensemble",
            StartMs = 1_795_233_600_000,
            LastOddMs = 1_795_233_600_000,
            PeakMs = 1_795_233_600_000,
            Value = value,
            Expected = 50,
            Lower = double.NegativeInfinity,
            Upper = 52,
            Score = 0.93,
            Statistic = 8,
            Term = "z-score",
            Severity = Severity.High,
            Count = 1,
            Votes = [new("adaptive", 1, score)],
            Window = [],
            Configuration = new Dictionary<string, string>(),
            Explanation = explanation,
        };
        return new("a1", "slack", anomaly, "http://oddity/anomalies/1?a=1&b=|");
    }
}
