using System.CommandLine;
using System.Reflection;
using Oddity.Connectors.Sources;
using Oddity.Detection;
using Oddity.Engine.Alerting;

namespace Oddity.Server.Tests;

/// <summary>Whatever can be added (a detector, a source, a channel, a command) has a test and a place in the docs; these tests name what is missing.</summary>
public sealed class FloorsCatalogueTests
{
    private static readonly string Docs = Read(Repository.Files("docs", "*.md"));
    private static readonly string Tests = Read(Repository.Files("tests", "*.cs").Where(file => !file.EndsWith("FloorsCatalogueTests.cs", StringComparison.Ordinal)));

    [Fact]
    public void Every_detector_has_a_test_and_is_in_the_docs()
    {
        string[] ids = [.. DetectorCatalogue.All.Select(entry => entry.Id)];
        ids.ShouldBeUnique();
        DetectorCatalogue.All.Where(entry => !Tests.Contains(entry.Create(new([]), 1).GetType().Name, StringComparison.Ordinal)).Select(entry => entry.Id)
            .ShouldBeEmpty("detectors no test names");
        ids.Where(id => !Docs.Contains($"`{id}`", StringComparison.Ordinal)).ShouldBeEmpty("detectors missing in docs/");
    }

    [Fact]
    public void Every_detector_has_a_page_with_a_picture_that_one_command_draws()
    {
        string drawn = File.ReadAllText(Repository.PathOf("bench", "pictures.sh"));
        string index = File.ReadAllText(Repository.PathOf("docs", "detectors.md"));
        foreach (string id in DetectorCatalogue.All.Select(entry => entry.Id))
        {
            string page = Repository.PathOf("docs", "detectors", $"{id}.md");
            File.Exists(page).ShouldBeTrue($"docs/detectors/{id}.md is missing");
            File.ReadAllText(page).ShouldContain($"](../images/detectors/{id}.svg)", customMessage: $"the page of {id} has no picture");
            drawn.ShouldContain($"\ndraw {id} ", customMessage: "bench/pictures.sh does not draw it");
            index.ShouldContain($"[`{id}`](detectors/{id}.md)", customMessage: "docs/detectors.md does not lead to it");
        }
    }

    [Fact]
    public void Every_command_has_a_test_and_is_in_the_docs()
    {
        string[] verbs = [.. Program.Commands().Subcommands.Select(command => command.Name)];
        verbs.ShouldNotBeEmpty();
        verbs.Where(verb => !Tests.Contains($"\"{verb}\"", StringComparison.Ordinal)).ShouldBeEmpty("commands no test runs");
        verbs.Where(verb => !Docs.Contains($"oddity {verb}", StringComparison.Ordinal)).ShouldBeEmpty("commands missing in docs/");
    }

    [Theory]
    [InlineData(typeof(ISource))]
    [InlineData(typeof(IChannel))]
    public void Every_source_and_channel_has_a_test(Type kind)
    {
        Type[] types = [.. Shipped().Where(type => kind.IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false })];
        types.ShouldNotBeEmpty();
        types.Select(type => type.Name).Where(name => !Tests.Contains(name, StringComparison.Ordinal)).ShouldBeEmpty("no test names them");
    }

    private static IEnumerable<Type> Shipped() => new Assembly[] { typeof(ISource).Assembly, typeof(Program).Assembly }.SelectMany(assembly => assembly.GetTypes());

    private static string Read(IEnumerable<string> files) => string.Join('\n', files.Select(File.ReadAllText));
}
