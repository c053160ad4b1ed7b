using Oddity.Connectors.Sources.Prometheus;
using Oddity.Connectors.Sources.Scrape;

namespace Oddity.Server.Configuration;

/// <summary>Binds what is scraped: <c>scrape_configs</c> in Prometheus' own shape, in oddity.yml or in a prometheus.yml that a setting names.</summary>
internal sealed class ScrapeBinder(SettingReader reader)
{
    private static readonly Kind<TimeSpan> Duration = new(
        "duration (15s, 1m30s)",
        text => PrometheusDuration.TryParse(text, out TimeSpan value) ? value : new Parsed<TimeSpan>(default, $"{Kinds.Quote(text)} is not a duration such as 15s or 1m30s"),
        DurationText.Format);

    private static readonly Kind<string> Path = Kinds.Text.Checked(path => path.StartsWith('/'), "does not begin with /");

    /// <summary>What Prometheus has besides; named, so that nobody looks for a misspelling.</summary>
    private static readonly string[] NotHere =
    [
        "tls_config", "proxy_url", "proxy_from_environment", "no_proxy", "proxy_connect_header", "oauth2", "bearer_token", "bearer_token_file", "http_headers", "http_sd_configs", "dns_sd_configs",
        "kubernetes_sd_configs", "consul_sd_configs", "docker_sd_configs", "dockerswarm_sd_configs", "ec2_sd_configs", "azure_sd_configs", "gce_sd_configs", "eureka_sd_configs", "openstack_sd_configs",
        "digitalocean_sd_configs", "hetzner_sd_configs", "linode_sd_configs", "nomad_sd_configs", "puppetdb_sd_configs", "serverset_sd_configs", "nerve_sd_configs", "marathon_sd_configs", "triton_sd_configs",
        "scaleway_sd_configs", "uyuni_sd_configs", "kuma_sd_configs", "lightsail_sd_configs", "ionos_sd_configs", "vultr_sd_configs", "ovhcloud_sd_configs", "label_limit", "label_name_length_limit",
        "label_value_length_limit", "target_limit", "scrape_protocols", "scrape_classic_histograms", "native_histogram_bucket_limit", "keep_dropped_targets", "track_timestamps_staleness", "scrape_failure_log_file",
    ];

    /// <summary>Parts of a prometheus.yml that are another program's work.</summary>
    private static readonly string[] Elsewhere = ["rule_files", "alerting", "remote_write", "remote_read", "storage", "tracing", "otlp", "runtime"];

    public ScrapeOptions Bind()
    {
        ConfigNode? node = reader.Read(Settings.ScrapeConfigs);
        var jobs = new List<ScrapeJob>(BindJobs(Settings.ScrapeConfigs.Key, node, new() { Name = "" }, ""));
        jobs.AddRange(ReadFile());
        foreach (string twice in jobs.GroupBy(job => job.Name).Where(same => same.Count() > 1).Select(same => same.Key))
            reader.Mistake(Settings.ScrapeConfigs.Key, $"two jobs are named {Kinds.Quote(twice)}", node?.Origin);
        reader.Value(Settings.ScrapeConfigs.Key, string.Join(",", jobs.Select(job => job.Name)), node?.Origin ?? Origin.Default);
        return new() { Jobs = jobs, AllowPrivate = reader.Read(Settings.ScrapeAllowPrivate) };
    }

    private List<ScrapeJob> ReadFile()
    {
        if (reader.Read(Settings.ScrapeFile, out Origin origin) is not { } path) return [];
        try
        {
            ConfigMap file = ConfigFile.Parse(File.ReadAllText(path), System.IO.Path.GetFileName(path));
            var map = MapReader.Of(System.IO.Path.GetFileName(path), file, reader)!;
            var shared = new ScrapeJob { Name = "" };
            if (map.Map("global") is { } global)
            {
                shared = shared with { Interval = global.Value("scrape_interval", Duration, shared.Interval), Timeout = global.Value("scrape_timeout", Duration, shared.Timeout) };
                foreach (string name in new[] { "evaluation_interval", "external_labels", "query_log_file" }) global.Node(name);
                global.Done();
            }

            string[] ignored = [.. Elsewhere.Where(name => map.Node(name) is not null)];
            if (ignored.Length > 0) reader.Notice($"{Settings.ScrapeFile.Key}: {string.Join(", ", ignored)} of {System.IO.Path.GetFileName(path)} are not read; only global and scrape_configs are");
            List<ScrapeJob> jobs = BindJobs($"{System.IO.Path.GetFileName(path)}: scrape_configs", map.Node("scrape_configs"), shared, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            map.Done();
            return jobs;
        }
        catch (FormatException error)
        {
            reader.Mistake(Settings.ScrapeFile.Key, $"{path}: {error.Message}", origin);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reader.Mistake(Settings.ScrapeFile.Key, $"the file {Kinds.Quote(path)} can't be read", origin);
        }

        return [];
    }

    private List<ScrapeJob> BindJobs(string key, ConfigNode? node, ScrapeJob shared, string folder) =>
        [.. MapReader.Items(key, node, reader).Select(item => BindJob(item, shared, folder)).OfType<ScrapeJob>()];

    private ScrapeJob? BindJob(MapReader map, ScrapeJob shared, string folder)
    {
        foreach (string name in NotHere.Where(name => map.Node(name) is not null)) map.Mistake(name, "Oddity's scraping does not have this");
        string? job = map.Required("job_name", Kinds.Text);
        TimeSpan interval = map.Value("scrape_interval", Duration, shared.Interval);
        TimeSpan byDefault = shared.Timeout < interval ? shared.Timeout : interval;
        TimeSpan timeout = map.Value("scrape_timeout", Duration, byDefault);
        if (timeout > interval) map.Mistake("scrape_timeout", "is longer than the scrape_interval");
        if (interval < TimeSpan.FromMilliseconds(100)) map.Mistake("scrape_interval", "is shorter than 100ms");
        if (map.Value("follow_redirects", Kinds.Flag, false)) map.Mistake("follow_redirects", "redirects are not followed; name the final address");
        if (!map.Value("enable_compression", Kinds.Flag, true)) map.Mistake("enable_compression", "answers may always come compressed");
        map.Value("enable_http2", Kinds.Flag, true);
        long limit = map.Value("body_size_limit", Kinds.Size.Checked(size => size <= 1 << 30, "is more than 1GiB"), shared.BodySizeLimit);
        ScrapeJob bound = shared with
        {
            Name = job ?? "",
            Interval = interval,
            Timeout = timeout,
            MetricsPath = map.Value("metrics_path", Path, shared.MetricsPath),
            Scheme = map.Value("scheme", Kinds.Word(("http", "http"), ("https", "https")), shared.Scheme),
            Parameters = BindParameters(map),
            HonorLabels = map.Value("honor_labels", Kinds.Flag, false),
            HonorTimestamps = map.Value("honor_timestamps", Kinds.Flag, true),
            BodySizeLimit = limit > 0 ? (int)limit : shared.BodySizeLimit,
            SampleLimit = map.Value("sample_limit", Kinds.Whole(0, int.MaxValue), 0),
            Login = BindLogin(map, folder),
            Authorization = BindAuthorization(map, folder),
            Groups = [.. MapReader.Items($"{map.Key}.static_configs", map.Node("static_configs"), reader).Select(BindGroup)],
            TargetFiles = BindFiles(map, folder),
            Relabel = BindRules(map, "relabel_configs"),
            MetricRelabel = BindRules(map, "metric_relabel_configs"),
        };
        if (bound.Login is not null && bound.Authorization is not null) map.Mistake("authorization", "there is basic_auth already");
        map.Done();
        return job is null ? null : bound;
    }

    private KeyValuePair<string, IReadOnlyList<string>>[] BindParameters(MapReader map)
    {
        ConfigNode? node = map.Node("params");
        if (node is null or ConfigScalar { Text: "" }) return [];
        if (node is not ConfigMap names)
        {
            map.Mistake("params", "a mapping of names to lists is expected");
            return [];
        }

        var parameters = MapReader.Of($"{map.Key}.params", names, reader)!;
        return [.. names.Entries.Select(entry => KeyValuePair.Create(entry.Key, parameters.Value<IReadOnlyList<string>>(entry.Key, Kinds.Texts, [])))];
    }

    private TargetGroup BindGroup(MapReader map)
    {
        IReadOnlyList<string> targets = map.Value<IReadOnlyList<string>>("targets", Kinds.Texts, []);
        List<KeyValuePair<string, string>> labels = [.. (map.Map("labels")?.Texts() ?? []).Select(label => KeyValuePair.Create(label.Key, label.Value.Text))];
        map.Done();
        foreach (string target in targets.Where(target => target.Contains('/', StringComparison.Ordinal))) map.Mistake("targets", $"{Kinds.Quote(target)} is not host:port");
        return new(targets, labels);
    }

    private List<string> BindFiles(MapReader map, string folder)
    {
        var files = new List<string>();
        foreach (MapReader item in MapReader.Items($"{map.Key}.file_sd_configs", map.Node("file_sd_configs"), reader))
        {
            files.AddRange(item.Value<IReadOnlyList<string>>("files", Kinds.Texts, []).Select(file => System.IO.Path.Combine(folder, file)));
            item.Value("refresh_interval", Duration, TimeSpan.FromMinutes(5)); // Files are looked at more often than anybody asks for.
            item.Done();
        }

        foreach (string file in files.Where(file => System.IO.Path.GetExtension(file) is not (".json" or ".yml" or ".yaml"))) map.Mistake("file_sd_configs", $"{Kinds.Quote(file)} ends neither in .json nor in .yml or .yaml");
        return files;
    }

    private static (string Name, Secret Password)? BindLogin(MapReader job, string folder)
    {
        if (job.Map("basic_auth") is not { } map) return null;
        string? name = map.Required("username", Kinds.Text);
        Secret? password = BindSecret(map, "password", folder);
        map.Done();
        return name is null || password is null ? null : (name, password);
    }

    private static (string Type, Secret Credentials)? BindAuthorization(MapReader job, string folder)
    {
        if (job.Map("authorization") is not { } map) return null;
        string type = map.Value("type", Kinds.Text.Checked(word => word.Length > 0 && word.All(char.IsAsciiLetterOrDigit), "is not the name of a scheme"), "Bearer");
        Secret? credentials = BindSecret(map, "credentials", folder);
        map.Done();
        return credentials is null ? null : (type, credentials);
    }

    private static Secret? BindSecret(MapReader map, string name, string folder)
    {
        (string? text, string? file) = (map.Value(name, Kinds.OptionalText, null), map.Value(name + "_file", Kinds.OptionalText, null));
        if (text is not null && file is not null) map.Mistake(name, $"stands beside {name}_file");
        else if (text is null && file is null) map.Mistake(name, $"neither {name} nor {name}_file is there");
        else return new(text, file is null ? null : System.IO.Path.Combine(folder, file));
        return null;
    }

    private List<RelabelRule> BindRules(MapReader job, string name)
    {
        var rules = new List<RelabelRule>();
        foreach (MapReader map in MapReader.Items($"{job.Key}.{name}", job.Node(name), reader))
        {
            RelabelAction action = map.Value("action", Kinds.Word([.. Enum.GetValues<RelabelAction>().Select(known => (known.ToString().ToLowerInvariant(), known))]), RelabelAction.Replace);
            var rule = new RelabelRule
            {
                Action = action,
                SourceLabels = map.Value<IReadOnlyList<string>>("source_labels", Kinds.Texts, []),
                Separator = Raw(map, "separator", ";"),
                TargetLabel = map.Value("target_label", Kinds.Text, ""),
                Replacement = Raw(map, "replacement", "$1"),
                Modulus = (ulong)map.Value("modulus", Kinds.Whole(0, int.MaxValue), 0),
            };
            if (rule is { Modulus: 0, Action: RelabelAction.HashMod }) map.Mistake("modulus", "hashmod needs one above 0");
            if (rule is { TargetLabel: "", Action: RelabelAction.Replace or RelabelAction.HashMod or RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual })
                map.Mistake("target_label", $"'{action.ToString().ToLowerInvariant()}' needs one");
            string regex = Raw(map, "regex", "(.*)");
            try
            {
                rules.Add(rule with { Regex = regex });
            }
            catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
            {
                map.Mistake("regex", $"{Kinds.Quote(regex)} is no regular expression without look-around and back-references");
            }

            map.Done();
        }

        return rules;
    }

    /// <summary>A text as it stands there, blanks at its ends too.</summary>
    private static string Raw(MapReader map, string name, string byDefault)
    {
        ConfigNode? node = map.Node(name);
        if (node is ConfigScalar scalar) return scalar.Text;
        if (node is not null) map.Mistake(name, "a text is expected here");
        return byDefault;
    }
}
