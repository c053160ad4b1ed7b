using Oddity.Connectors.Sources.Scrape;

namespace Oddity.Connectors.Tests;

/// <summary>Relabelling, files of targets and the times of scrapes.</summary>
public sealed class ScrapeRulesTests
{
    [Fact]
    public void Rules_do_what_Prometheus_documents()
    {
        After(new() { SourceLabels = ["a", "b"], Regex = "(.*);y(.)", TargetLabel = "c", Replacement = "${2}-$1-$$-$9" }).ShouldBe("a=x,b=yz,c=z-x-$-");
        After(new() { SourceLabels = ["a"], TargetLabel = "c" }).ShouldBe("a=x,b=yz,c=x");
        After(new() { SourceLabels = ["a"], Regex = "(?P<n>.)", TargetLabel = "${1}_$n$1_", Replacement = "v" }).ShouldBe("a=x,b=yz,x_x=v");
        After(new() { SourceLabels = ["a"], Regex = "nothing", TargetLabel = "a", Replacement = "" }).ShouldBe("a=x,b=yz");
        After(new() { TargetLabel = "a", Replacement = "" }).ShouldBe("b=yz");
        After(new() { Action = RelabelAction.Keep, SourceLabels = ["a"], Regex = "x|y" }).ShouldBe("a=x,b=yz");
        After(new() { Action = RelabelAction.Keep, SourceLabels = ["b"], Regex = "y" }).ShouldBe("dropped");
        After(new() { Action = RelabelAction.Drop, SourceLabels = ["b"], Regex = "y." }).ShouldBe("dropped");
        After(new() { Action = RelabelAction.KeepEqual, SourceLabels = ["a"], TargetLabel = "b" }).ShouldBe("dropped");
        After(new() { Action = RelabelAction.DropEqual, SourceLabels = ["a"], TargetLabel = "b" }).ShouldBe("a=x,b=yz");
        After(new() { Action = RelabelAction.LabelMap, Regex = "(a)", Replacement = "new_$1" }).ShouldBe("a=x,b=yz,new_a=x");
        After(new() { Action = RelabelAction.LabelDrop, Regex = "a" }).ShouldBe("b=yz");
        After(new() { Action = RelabelAction.LabelKeep, Regex = "a" }).ShouldBe("a=x");
        After(new() { Action = RelabelAction.Uppercase, SourceLabels = ["b"], TargetLabel = "b" }).ShouldBe("a=x,b=YZ");

        // MD5("foo") is acbd18db4cc2f85cedef654fccc4a4d8; its last eight bytes modulo 1,000 are 928.
        After(new() { Action = RelabelAction.HashMod, Replacement = "", TargetLabel = "h", Modulus = 1000, SourceLabels = ["f"] }, ("f", "foo")).ShouldBe($"f=foo,h={0xedef654fccc4a4d8UL % 1000}");
        Should.Throw<NotSupportedException>(() => new RelabelRule { Regex = "(a)\\1" });
        Should.Throw<ArgumentException>(() => new RelabelRule { Regex = "(" });
    }

    [Fact]
    public void A_regular_expression_that_elsewhere_takes_for_ever_takes_no_time()
    {
        var rule = new RelabelRule { Action = RelabelAction.Keep, SourceLabels = ["a"], Regex = "(a+)+b" };
        RelabelRule.Apply([rule], new(StringComparer.Ordinal) { ["a"] = new string('a', 50_000) }).ShouldBeFalse();
    }

    [Fact]
    public void Targets_get_their_labels_address_and_parameters()
    {
        var job = new ScrapeJob { Name = "j", Parameters = [new("module", ["a b", "c"])], Interval = TimeSpan.FromSeconds(15) };
        ScrapeTarget target = ScrapeTarget.Of(job, "h:1", [new("zone", "z"), new("__meta", "m")])!;
        target.Url.AbsoluteUri.ShouldBe("http://h:1/metrics?module=c&module=a%20b");
        string.Join(',', target.Labels.Select(label => $"{label.Key}={label.Value}")).ShouldBe("instance=h:1,job=j,zone=z");
        var blackbox = job with
        {
            Relabel =
            [
                new() { SourceLabels = ["__address__"], TargetLabel = "__param_target" }, new() { SourceLabels = ["__param_target"], TargetLabel = "instance" },
                new() { TargetLabel = "__address__", Replacement = "blackbox:9115" }, new() { TargetLabel = "__metrics_path__", Replacement = "/probe" }, new() { TargetLabel = "__scrape_interval__", Replacement = "1m" },
            ],
        };
        target = ScrapeTarget.Of(blackbox, "https://example.test", [])!;
        target.Url.AbsoluteUri.ShouldBe("http://blackbox:9115/probe?module=c&module=a%20b&target=https%3A%2F%2Fexample.test");
        (target.Interval, target.Timeout).ShouldBe((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10)));
        ScrapeTarget.Of(job with { Relabel = [new() { Action = RelabelAction.Drop, SourceLabels = ["job"], Regex = "j" }] }, "h:1", []).ShouldBeNull();
        foreach (string address in new[] { "http://h:1", "h:1/path", "user@h", "h h", "h:99999", "?" }) Should.Throw<FormatException>(() => ScrapeTarget.Of(job, address, []), address);
    }

    [Fact]
    public void Files_of_targets_are_YAML_or_JSON_and_anything_else_is_told_with_its_line()
    {
        List<TargetGroup> groups = TargetFile.Parse("- targets: [a:1, b:2]\n  labels: {env: prod}\n- targets:\n  - c:3\n");
        groups.SelectMany(group => group.Targets).ShouldBe(["a:1", "b:2", "c:3"]);
        groups[0].Labels.ShouldBe([new("env", "prod")]);
        TargetFile.Parse("""[{"targets": ["a:1"], "labels": {"n": "1"}}]""")[0].Labels.ShouldBe([new("n", "1")]);
        TargetFile.Parse("[\n {\n  \"targets\": [\"a:1\"]\n }\n]\n")[0].Targets.ShouldBe(["a:1"]);
        TargetFile.Parse("").ShouldBeEmpty();
        foreach (string bad in new[] { "a", "{}", "- a", "- {target: [a]}", "- {targets: a}", "- {targets: [[a]]}", "- {targets: [a], labels: [b]}", "- targets: [a", "other: 1", new string('[', 6000), "- &a {targets: [x]}\n- *a" })
            Should.Throw<FormatException>(() => TargetFile.Parse(bad), bad.Length > 50 ? bad[..50] : bad);
    }

    [Fact]
    public void Scrapes_are_spread_and_evenly_spaced()
    {
        ScrapeLoop.Next(100, 50, 7).ShouldBe(107);
        ScrapeLoop.Next(107, 50, 7).ShouldBe(157);
        ScrapeLoop.Next(106, 50, 7).ShouldBe(107);
        var job = new ScrapeJob { Name = "j" };
        long[] offsets = [.. Enumerable.Range(0, 100).Select(i => ScrapeTarget.Of(job, $"h{i}:1", [])!.OffsetMs)];
        offsets.ShouldAllBe(offset => offset >= 0 && offset < 60_000);
        offsets.GroupBy(offset => offset / 10_000).Count().ShouldBe(6);
        ScrapeTarget.Of(job, "h1:1", [])!.OffsetMs.ShouldBe(offsets[1]);
    }

    private static string After(RelabelRule rule, params (string Name, string Value)[] labels)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in labels.Length > 0 ? labels : [("a", "x"), ("b", "yz")]) sorted[name] = value;
        return RelabelRule.Apply([rule], sorted) ? string.Join(',', sorted.Select(label => $"{label.Key}={label.Value}")) : "dropped";
    }
}
