using System.Text.RegularExpressions;

namespace Oddity.Server.Tests;

/// <summary>What the docs point at is there.</summary>
public sealed partial class FloorsDocsTests
{
    private static readonly string[] Pages = [.. Directory.GetFiles(Repository.Root, "*.md"), .. Repository.Files("docs", "*.md"), .. Repository.Files("bench", "*.md")];

    [Fact]
    public void Links_lead_to_files_that_exist() =>
        Pages.SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(link => (page, To: link.Groups["to"].Value.Split('#')[0])))
            .Where(link => link.To.Length > 0 && !link.To.Contains("://", StringComparison.Ordinal) && !link.To.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.page)!, link.To)))
            .Select(link => $"{Path.GetRelativePath(Repository.Root, link.page)} → {link.To}")
            .ShouldBeEmpty();

    [Fact]
    public void Paths_that_are_named_exist() =>
        Pages.SelectMany(page => NamedPath().Matches(File.ReadAllText(page)).Select(path => (page, Path: path.Groups["path"].Value)))
            .Where(named => !Path.Exists(Repository.PathOf(named.Path)))
            .Select(named => $"{Path.GetRelativePath(Repository.Root, named.page)} names {named.Path}")
            .ShouldBeEmpty();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(?:src|tests|docs|deploy|bench|eng)/[\w./-]+)`")]
    private static partial Regex NamedPath();
}
