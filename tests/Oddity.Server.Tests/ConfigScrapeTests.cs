using Oddity.Connectors.Sources.Scrape;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

/// <summary><c>scrape_configs</c> in Prometheus' shape, and the listeners without credentials.</summary>
public sealed class ConfigScrapeTests
{
    private const string Jobs =
        """
        scrape_configs:
          - job_name: node
            scrape_interval: 15s
            scrape_timeout: 1s500ms
            metrics_path: /probe
            scheme: https
            params: {module: [http_2xx, b], one: x}
            honor_labels: true
            honor_timestamps: false
            body_size_limit: 1MB
            sample_limit: 100
            static_configs:
              - targets: ['a:9100', 'b:9100']
                labels: {zone: z}
            file_sd_configs:
              - files: ['targets/*.yml']
                refresh_interval: 1m
            basic_auth: {username: me, password_file: secret}
            relabel_configs:
              - {source_labels: [__address__, zone], separator: ' ', regex: '(.*) (.*)', target_label: where, replacement: '$1 '}
              - {action: labeldrop, regex: zone}
            metric_relabel_configs:
              - {source_labels: [__name__], regex: 'go_.*', action: drop}
          - job_name: plain
            static_configs: [{targets: ['c:1']}]
            authorization: {credentials: token}
        """;

    [Fact]
    public void What_Prometheus_reads_is_read()
    {
        ScrapeOptions options = ConfigurationText.Good(Jobs).Sources.Scrape;
        options.AllowPrivate.ShouldBeTrue();
        ScrapeJob job = options.Jobs[0];
        (job.Name, job.Interval, job.Timeout, job.MetricsPath, job.Scheme).ShouldBe(("node", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1.5), "/probe", "https"));
        (job.HonorLabels, job.HonorTimestamps, job.BodySizeLimit, job.SampleLimit).ShouldBe((true, false, 1 << 20, 100));
        string.Join(' ', job.Parameters.Select(parameter => $"{parameter.Key}={string.Join(',', parameter.Value)}")).ShouldBe("module=http_2xx,b one=x");
        job.Groups[0].Targets.ShouldBe(["a:9100", "b:9100"]);
        job.Groups[0].Labels.ShouldBe([new("zone", "z")]);
        job.TargetFiles.ShouldBe(["targets/*.yml"]);
        job.Login!.Value.Name.ShouldBe("me");
        job.Login.Value.Password.File.ShouldBe("secret");
        job.Relabel.Count.ShouldBe(2);
        (job.Relabel[0].Separator, job.Relabel[0].Regex, job.Relabel[0].Replacement, job.Relabel[0].TargetLabel).ShouldBe((" ", "(.*) (.*)", "$1 ", "where"));
        job.MetricRelabel.Single().Action.ShouldBe(RelabelAction.Drop);
        (options.Jobs[1].Interval, options.Jobs[1].Timeout, options.Jobs[1].MetricsPath).ShouldBe((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10), "/metrics"));
        options.Jobs[1].Authorization!.Value.Credentials.Text.ShouldBe("token");
        $"{options.Jobs[1].Authorization}".ShouldNotContain("token");
    }

    [Fact]
    public void A_file_of_Prometheus_is_read_with_paths_beside_it()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-scrape-").FullName, file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, "global: {scrape_interval: 5s, scrape_timeout: 2s, evaluation_interval: 5s}\nrule_files: [a.yml]\n" + Jobs);
        LoadedConfiguration loaded = ConfigurationText.Load($"sources: {{scrape: {{file: {file}, allow_private: false}}}}");
        loaded.Mistakes.Select(mistake => mistake.ToString()).ShouldBeEmpty();
        loaded.Notices.ShouldContain("sources.scrape.file: rule_files of prometheus.yml are not read; only global and scrape_configs are");
        ScrapeOptions options = loaded.Options.Sources.Scrape;
        options.AllowPrivate.ShouldBeFalse();
        options.Jobs[0].TargetFiles.ShouldBe([Path.Combine(folder, "targets/*.yml")]);
        options.Jobs[0].Login!.Value.Password.File.ShouldBe(Path.Combine(folder, "secret"));
        (options.Jobs[1].Interval, options.Jobs[1].Timeout).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("{}", "scrape_configs[0]: 'job_name' is missing")]
    [InlineData("{job_name: j, scrape_intervall: 1s}", "scrape_configs[0].scrape_intervall: unknown name; did you mean 'scrape_interval'?")]
    [InlineData("{job_name: j, scrape_interval: 1}", "scrape_configs[0].scrape_interval: '1' is not a duration such as 15s or 1m30s")]
    [InlineData("{job_name: j, scrape_interval: 1s, scrape_timeout: 2s}", "scrape_configs[0].scrape_timeout: is longer than the scrape_interval")]
    [InlineData("{job_name: j, scheme: ftp}", "scrape_configs[0].scheme: 'ftp' is none of http, https")]
    [InlineData("{job_name: j, metrics_path: x}", "scrape_configs[0].metrics_path: 'x' does not begin with /")]
    [InlineData("{job_name: j, kubernetes_sd_configs: [{role: pod}]}", "scrape_configs[0].kubernetes_sd_configs: Oddity's scraping does not have this")]
    [InlineData("{job_name: j, tls_config: {insecure_skip_verify: true}}", "scrape_configs[0].tls_config: Oddity's scraping does not have this")]
    [InlineData("{job_name: j, follow_redirects: true}", "scrape_configs[0].follow_redirects: redirects are not followed; name the final address")]
    [InlineData("{job_name: j, static_configs: [{target: [a]}]}", "scrape_configs[0].static_configs[0].target: unknown name; did you mean 'targets'?")]
    [InlineData("{job_name: j, static_configs: [{targets: ['http://a']}]}", "scrape_configs[0].static_configs[0].targets: 'http://a' is not host:port")]
    [InlineData("{job_name: j, file_sd_configs: [{files: [a.txt]}]}", "scrape_configs[0].file_sd_configs: 'a.txt' ends neither in .json nor in .yml or .yaml")]
    [InlineData("{job_name: j, basic_auth: {username: u}}", "scrape_configs[0].basic_auth.password: neither password nor password_file is there")]
    [InlineData("{job_name: j, basic_auth: {username: u, password: p, password_file: f}}", "scrape_configs[0].basic_auth.password: stands beside password_file")]
    [InlineData("{job_name: j, relabel_configs: [{action: kep}]}", "scrape_configs[0].relabel_configs[0].action: 'kep' is none of replace, keep")]
    [InlineData("{job_name: j, relabel_configs: [{regex: '('}]}", "scrape_configs[0].relabel_configs[0].target_label: 'replace' needs one")]
    [InlineData("{job_name: j, relabel_configs: [{regex: '(a)\\1', target_label: t}]}", "scrape_configs[0].relabel_configs[0].regex: '(a)\\1' is no regular expression")]
    [InlineData("{job_name: j, relabel_configs: [{action: hashmod, target_label: t}]}", "scrape_configs[0].relabel_configs[0].modulus: hashmod needs one above 0")]
    [InlineData("{job_name: j}\n  - {job_name: j}", "scrape_configs: two jobs are named 'j'")]
    public void Mistakes_are_told_with_their_path(string job, string mistake) =>
        ConfigurationText.Mistakes($"scrape_configs:\n  - {job}\n")[0].ShouldStartWith(mistake);

    [Fact]
    public void Listeners_without_credentials_need_a_tenant_beyond_this_machine()
    {
        ServerOptions local = ConfigurationText.Good("sources: {graphite: {listen: 2003}, statsd: {listen: '127.0.0.1:8125', flush_interval: 1s}}");
        local.Sources.Graphite!.Listen!.ToString().ShouldBe("127.0.0.1:2003");
        (local.Sources.Statsd!.Listen!.ToString(), local.Sources.StatsdFlushInterval, local.Sources.Statsd!.Tenant).ShouldBe(("127.0.0.1:8125", TimeSpan.FromSeconds(1), "default"));
        ConfigurationText.Good("sources: {graphite: {listen: '0.0.0.0:2003', tenant: team}}").Sources.Graphite!.Tenant.ShouldBe("team");
        ConfigurationText.Mistakes("sources: {statsd: {listen: '0.0.0.0:8125'}}").Single().ShouldStartWith("sources.statsd.listen: whoever reaches 0.0.0.0:8125 could write there without credentials.");
        foreach (string bad in new[] { "here", "'1.2.3.4'", "'1.2.3.4:99999'", "99999", "'a:1'" }) ConfigurationText.Mistakes($"sources: {{graphite: {{listen: {bad}}}}}").Single().ShouldContain("is not an address and port");
    }
}
