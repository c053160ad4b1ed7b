using System.Net;
using System.Text;
using Oddity.Connectors.Outbound;

namespace Oddity.Connectors.Tests;

public sealed class OutboundHttpTests
{
    private static readonly OutboundOptions Private = new() { AllowPrivate = true };

    [Theory]
    [InlineData("8.8.8.8", "Public")]
    [InlineData("2606:4700::1111", "Public")]
    [InlineData("127.0.0.1", "Private")]
    [InlineData("127.255.0.9", "Private")]
    [InlineData("10.1.2.3", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("172.32.0.1", "Public")]
    [InlineData("192.168.0.1", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("::1", "Private")]
    [InlineData("fd00::1", "Private")]
    [InlineData("::ffff:127.0.0.1", "Private")]
    [InlineData("64:ff9b::10.0.0.1", "Private")]
    [InlineData("64:ff9b::8.8.8.8", "Public")]
    [InlineData("2002:7f00:1::", "Private")]
    [InlineData("::127.0.0.1", "Private")]
    [InlineData("169.254.169.254", "Forbidden")]
    [InlineData("::ffff:169.254.169.254", "Forbidden")]
    [InlineData("fe80::1", "Forbidden")]
    [InlineData("0.0.0.0", "Forbidden")]
    [InlineData("::", "Forbidden")]
    [InlineData("224.0.0.1", "Forbidden")]
    [InlineData("255.255.255.255", "Forbidden")]
    [InlineData("198.18.0.1", "Forbidden")]
    [InlineData("ff02::1", "Forbidden")]
    public void Addresses_are_public_private_or_forbidden(string address, string kind) =>
        Addresses.KindOf(IPAddress.Parse(address)).ToString().ShouldBe(kind);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task Loopback_is_refused_unless_allowed_however_it_is_written(string host)
    {
        await using var server = new FakeServer(_ => new(200));
        using var http = new OutboundHttp(new(), TimeProvider.System);

        OutboundException refusal = await Should.ThrowAsync<OutboundException>(GetAsync(http, new($"http://{host}:{server.Port}/")));

        refusal.MayRetry.ShouldBeFalse();
        refusal.Message.ShouldContain("not allowed");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Link_local_is_refused_even_where_private_networks_are_allowed()
    {
        using var http = new OutboundHttp(Private, TimeProvider.System);

        (await Should.ThrowAsync<OutboundException>(GetAsync(http, new("http://169.254.169.254/latest")))).MayRetry.ShouldBeFalse();
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var server = new FakeServer(_ => new(302) { Headers = ["Location: /elsewhere"] });
        using var http = new OutboundHttp(Private, TimeProvider.System);

        OutboundAnswer answer = await GetAsync(http, server.Url);

        answer.Status.ShouldBe(HttpStatusCode.Found);
        answer.Success.ShouldBeFalse();
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_is_read_up_to_the_limit()
    {
        await using var server = new FakeServer(request => new(200, new string('x', int.Parse(request.Path.Trim('/'), System.Globalization.CultureInfo.InvariantCulture))));
        using var http = new OutboundHttp(Private, TimeProvider.System);

        foreach ((int sent, int read, bool truncated) in new[] { (0, 0, false), (5, 5, false), (65535, 65535, false), (65536, 65536, false), (65537, 65536, true), (3_000_000, 65536, true) })
        {
            OutboundAnswer answer = await GetAsync(http, new(server.Url, $"{sent}"));
            (answer.Body.Length, answer.Truncated).ShouldBe((read, truncated));
            Encoding.ASCII.GetString(answer.Body.Span).ShouldBe(new string('x', read));
        }
    }

    [Fact]
    public async Task What_breaks_can_be_retried_and_says_why()
    {
        using var quick = new OutboundHttp(Private with { Timeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        int free;
        await using (var gone = new FakeServer(_ => new(200))) free = gone.Port;
        (await FailureAsync(quick, new($"http://127.0.0.1:{free}/secret"))).ShouldBe("no connection: ConnectionRefused");

        await using var hung = new FakeServer(_ => new(200) { Hang = true });
        (await FailureAsync(quick, hung.Url)).ShouldBe("no answer within 0.2 s");

        await using var cut = new FakeServer(_ => new(200, "0123456789") { CutAfter = 4 });
        (await FailureAsync(quick, cut.Url)).ShouldBe("the connection broke");

        await using var closed = new FakeServer(_ => new(0));
        (await FailureAsync(quick, closed.Url)).ShouldStartWith("no answer: ");
    }

    [Fact]
    public async Task Retry_after_is_read_in_both_forms()
    {
        var time = new ManualTime();
        string header = "";
        await using var server = new FakeServer(_ => new(503) { Headers = [header] });
        using var http = new OutboundHttp(Private, time);
        foreach ((string text, int? seconds) in new (string, int?)[]
        {
            ("Retry-After: 7", 7), ($"Retry-After: {time.GetUtcNow().AddSeconds(30):R}", 30), ($"Retry-After: {time.GetUtcNow().AddSeconds(-30):R}", 0),
            ("Retry-After: 999999999", 86400), ("Retry-After: soon", null), ("X: y", null),
        })
        {
            header = text;
            (await GetAsync(http, server.Url)).RetryAfter?.TotalSeconds.ShouldBe(seconds!.Value, 1);
        }
    }

    [Fact]
    public async Task The_callers_own_cancellation_stays_a_cancellation()
    {
        await using var hung = new FakeServer(_ => new(200) { Hang = true });
        using var http = new OutboundHttp(Private, TimeProvider.System);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var request = new HttpRequestMessage(HttpMethod.Get, hung.Url);

        await Should.ThrowAsync<OperationCanceledException>(http.SendAsync(request, cancel.Token));
    }

    private static async Task<OutboundAnswer> GetAsync(OutboundHttp http, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> FailureAsync(OutboundHttp http, Uri url)
    {
        OutboundException failure = await Should.ThrowAsync<OutboundException>(GetAsync(http, url));
        failure.MayRetry.ShouldBeTrue();
        return failure.Message;
    }
}
