using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Logs;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>Log lines from the request to counts, anomalies and searches, through the store's public face.</summary>
public sealed class LogStoreTests : IAsyncDisposable
{
    private const string Tenant = SeriesKey.DefaultTenant;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-logs-").FullName;
    private readonly LogClock _time = new(Start);
    private TestEngine _engine = null!;
    private LogStore _store = null!;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Lines_of_a_template_are_counted_in_their_span()
    {
        await OpenAsync();

        for (int i = 0; i < 5; i++) (await SendAsync("web", $"request {i} took {i * 3} ms")).Accepted.ShouldBe(1);
        await SendAsync("web", "cache is cold");
        await PassAsync(30);

        LogTemplateInfo[] templates = [.. _store.Templates(Tenant, "web", 10)];
        templates.Select(template => (template.Text, template.Lines)).ShouldBe([("request <*> took <*>", 5L), ("cache is cold", 1L)]);
        (await ValuesAsync("log_lines", ("service", "web"), ("template", templates[0].Id))).Max().ShouldBe(5);
        (await ValuesAsync("log_service_lines", ("service", "web"))).Max().ShouldBe(6);
        (await ValuesAsync("log_errors", ("service", "web"))).Max().ShouldBe(0);
    }

    [Fact]
    public async Task A_late_line_counts_in_its_own_span_while_that_is_open()
    {
        await OpenAsync();

        await SendAsync("web", "one");
        _time.Advance(TimeSpan.FromSeconds(12));
        await SendAsync("web", "one", _time.GetUtcNow().ToUnixTimeMilliseconds() - 5_000);
        await SendAsync("web", "one", _time.GetUtcNow().ToUnixTimeMilliseconds() - 3_600_000);
        await PassAsync(40);

        (await ValuesAsync("log_service_lines", ("service", "web"))).Take(3).ShouldBe([0, 3, 0]);
    }

    [Fact]
    public async Task A_kill_loses_nothing_and_counts_nothing_twice()
    {
        await OpenAsync();
        for (int i = 0; i < 20; i++) await SendAsync("web", $"request {i} took {i} ms", key: $"k{i}");
        await PassAsync(30);
        for (int i = 0; i < 7; i++) await SendAsync("web", $"request {i} took {i} ms");

        string copy = _folder + "-killed";
        TestEngine.Copy(_folder, copy);
        CopyLines(_folder, copy);
        await CloseAsync();
        try
        {
            await OpenAsync(copy);
            (await SendAsync("web", "request 0 took 0 ms", key: "k0")).Accepted.ShouldBe(1);
            await PassAsync(60);

            _store.Templates(Tenant, "web", 10).ShouldHaveSingleItem().Lines.ShouldBe(27);
            (await ValuesAsync("log_service_lines", ("service", "web"))).Sum().ShouldBe(27);
            (await _store.SearchAsync(new(Tenant, "", null, null, long.MinValue, long.MaxValue, 100), CancellationToken.None)).Lines.Count.ShouldBe(27);
        }
        finally
        {
            await CloseAsync();
            Directory.Delete(copy, true);
        }
    }

    [Fact]
    public async Task Templates_and_lines_are_there_after_a_restart()
    {
        await OpenAsync();
        foreach (string name in new[] { "ann", "bob", "joe", "eve", "tom", "pat", "kim" }) await SendAsync("auth", $"hello {name} again");
        string id = _store.Templates(Tenant, null, 9).ShouldHaveSingleItem().Id;
        await CloseAsync();

        await OpenAsync();
        await SendAsync("auth", "hello sue again");
        await _store.SettleAsync();

        LogTemplateInfo template = _store.Templates(Tenant, null, 9).ShouldHaveSingleItem();
        (template.Id, template.Text, template.Lines).ShouldBe((id, "hello <*> again", 8L));
        LogPage page = await _store.SearchAsync(new(Tenant, "SUE", "auth", id, long.MinValue, long.MaxValue, 9), CancellationToken.None);
        page.Lines.ShouldHaveSingleItem().Line.Body.ShouldBe("hello sue again");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_is_known_after_a_restart_saved_or_not(bool saved)
    {
        await OpenAsync();
        (await SendAsync("web", "once", key: "k")).Accepted.ShouldBe(1);
        await _store.SettleAsync();
        if (saved) await _store.CloseSpansAsync();
        string copy = Directory.CreateTempSubdirectory("oddity-test-").FullName;
        TestEngine.Copy(_folder, copy);
        CopyLines(_folder, copy);
        await CloseAsync();
        try
        {
            await OpenAsync(copy);
            (await SendAsync("web", "once", key: "k")).Accepted.ShouldBe(1);
            (await SendAsync("web", "twice", key: "other")).Accepted.ShouldBe(1);
            (await _store.SearchAsync(new(Tenant, "", null, null, long.MinValue, long.MaxValue, 9), CancellationToken.None)).Lines.Select(hit => hit.Line.Body).ShouldBe(["twice", "once"]);
        }
        finally
        {
            await CloseAsync();
            Directory.Delete(copy, true);
        }
    }

    [Fact]
    public async Task New_frequent_and_vanished_templates_are_anomalies_with_a_sample_without_secrets()
    {
        await OpenAsync();
        for (int i = 0; i < 120; i++)
        {
            await SendAsync("pay", "heartbeat fine");
            await SendAsync("pay", $"order {i} booked");
            await SendAsync("pay", "rare but regular");
            await PassAsync(10);
        }

        await SendAsync("pay", "card 4111 1111 1111 1111 of joe@example.com refused, password=hunter2");
        for (int i = 0; i < 200; i++) await SendAsync("pay", $"order {i} booked");
        for (int i = 0; i < 30; i++)
        {
            await SendAsync("pay", "heartbeat fine");
            await PassAsync(10);
        }

        string[] terms = [.. (await AnomaliesAsync()).Select(anomaly => anomaly.Term).Order(StringComparer.Ordinal)];
        terms.ShouldBe(["frequent template", "new template", "vanished template", "vanished template"]);
        Anomaly fresh = (await AnomaliesAsync()).Single(anomaly => anomaly.Term == "new template");
        fresh.Explanation.ShouldContain("card [redacted] of [redacted] refused, password=[redacted]");
        fresh.Detector.ShouldBe("log_templates");
    }

    [Fact]
    public async Task Tenants_see_their_own_lines_only()
    {
        await OpenAsync();
        await SendAsync("web", "mine");
        var batch = new LogBatch("other");
        batch.Add(null, "web", 0, "theirs");
        await _store.IngestAsync(batch, IngestOptions.Live, CancellationToken.None);
        await _store.SettleAsync();

        LogPage page = await _store.SearchAsync(new("other", "", null, null, long.MinValue, long.MaxValue, 9), CancellationToken.None);
        page.Lines.ShouldHaveSingleItem().Line.Body.ShouldBe("theirs");
        _store.Templates(Tenant, null, 9).ShouldHaveSingleItem().Text.ShouldBe("mine");
    }

    [Fact]
    public async Task Lines_outside_of_what_may_enter_are_rejected_and_counted()
    {
        await OpenAsync();
        var batch = new LogBatch(Tenant);
        batch.Add(1_000, "web", 0, "from 1970");
        batch.Add(null, "web", 0, "now");
        batch.Reject("bad_line", "no line");

        IngestResult result = await _store.IngestAsync(batch, IngestOptions.Live, CancellationToken.None);

        (result.Outcome, result.Accepted, result.Rejected).ShouldBe((IngestOutcome.Stored, 1, 2));
        (await _store.IngestAsync(batch, new(Atomic: true), CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.AtomicRefused);
        (await _store.IngestAsync(batch, new(Backfill: true), CancellationToken.None)).Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task Beyond_the_quota_the_oldest_files_go()
    {
        await OpenAsync(options: new() { MaxBytes = 16 << 20 });
        var random = new Random(1);
        for (int i = 0; i < 12; i++)
        {
            var batch = new LogBatch(Tenant);
            for (int j = 0; j < 120; j++) batch.Add(null, "noise", 0, $"{i} {Convert.ToBase64String(Bytes(random, 20_000))}");
            (await _store.IngestAsync(batch, IngestOptions.Live, CancellationToken.None)).Outcome.ShouldBe(IngestOutcome.Stored);
        }

        await PassAsync(120);

        Directory.GetFiles(Path.Combine(_folder, "logs"), "*.seg").Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(24 << 20);
        LogPage page = await _store.SearchAsync(new(Tenant, "", null, null, long.MinValue, long.MaxValue, 10_000), CancellationToken.None);
        page.Lines[0].Line.Body.ShouldStartWith("11 ");
        page.Lines.Count.ShouldBeLessThan(12 * 120);
    }

    [Theory]
    [InlineData("login of a.b@example.com", "login of [redacted]")]
    [InlineData("Authorization: Bearer abcdefgh12345678", "Authorization: [redacted]")]
    [InlineData("{\"password\": \"a b c\", \"user\": \"x\"}", "{\"password\": [redacted], \"user\": \"x\"}")]
    [InlineData("api_key=12345&x=1", "api_key=[redacted]&x=1")]
    [InlineData("postgres://joe:pw@db:5432/x", "postgres://[redacted]@db:5432/x")]
    [InlineData("card 5500-0000-0000-0004 fine, order 1234567890123456 too", "card [redacted] fine, order 1234567890123456 too")]
    [InlineData("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "jwt [redacted]")]
    [InlineData("nothing to hide at 10.0.0.1", "nothing to hide at 10.0.0.1")]
    public void Samples_hold_no_secrets(string line, string wanted) => Redaction.Redact(line).ShouldBe(wanted);

    private static void CopyLines(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(to, "logs"));
        foreach (string file in Directory.GetFiles(Path.Combine(from, "logs"))) File.Copy(file, Path.Combine(to, "logs", Path.GetFileName(file)), true);
    }

    private async Task OpenAsync(string? folder = null, LogOptions? options = null)
    {
        _engine = await TestEngine.StartAsync(folder ?? _folder, change: engine => engine with { Watch = new() { Detector = "none" } }, time: _time);
        _store = LogStore.Open(options ?? new(), new() { DataDirectory = folder ?? _folder }, _engine.Pipeline, _time, NullLoggerFactory.Instance);
        await _store.Recovered;
    }

    private async Task CloseAsync()
    {
        await _store.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private async Task<IngestResult> SendAsync(string service, string body, long? timeMs = null, string? key = null)
    {
        var batch = new LogBatch(Tenant);
        batch.Add(timeMs ?? _time.GetUtcNow().ToUnixTimeMilliseconds(), service, 9, body);
        IngestResult result = await _store.IngestAsync(batch, new(IdempotencyKey: key), CancellationToken.None);
        return result;
    }

    /// <summary>Lets so many seconds pass, and the store notice.</summary>
    private async Task PassAsync(int seconds)
    {
        await _store.SettleAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _store.CloseSpansAsync();
        await _engine.Pipeline.SettleAsync(CancellationToken.None);
    }

    private async Task<double[]> ValuesAsync(string metric, params (string Name, string Value)[] labels)
    {
        SeriesKey key = SeriesKey.Create(Tenant, metric, labels.Select(label => new KeyValuePair<string, string>(label.Name, label.Value)));
        Sample[] samples = await _engine.Pipeline.ReadSamplesAsync(key, long.MinValue, long.MaxValue, 1_000, CancellationToken.None);
        return [.. samples.Select(sample => sample.Value)];
    }

    private async Task<List<Anomaly>> AnomaliesAsync() =>
        [.. (await _engine.Pipeline.ListAnomaliesAsync(new AnomalyQuery { Tenant = Tenant }, CancellationToken.None)).Items];

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A clock that goes when it is told to; waiting takes no time.</summary>
    private sealed class LogClock(DateTimeOffset start) : TimeProvider
    {
        private long _ticks = start.UtcTicks;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
