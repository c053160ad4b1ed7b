using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Oddity.Connectors.Sources;
using Oddity.Detection;
using Oddity.Engine;

namespace Oddity.Server.Tests;

/// <summary>Server → Connectors → Engine → Detection, never back.</summary>
public sealed class FloorsTests
{
    /// <summary>From the top down.</summary>
    private static readonly (string Project, Assembly Assembly)[] Floors =
    [
        ("Oddity.Server", typeof(Program).Assembly),
        ("Oddity.Connectors", typeof(ISource).Assembly),
        ("Oddity.Engine", typeof(Pipeline).Assembly),
        ("Oddity.Detection", typeof(Detector).Assembly),
    ];

    /// <summary>What mathematics does not need: files, sockets, processes, threads, the clock, logging, dependency injection.</summary>
    private static readonly string[] NotForDetection = ["System.IO", "System.Net", "System.Threading", "System.Diagnostics", "System.Reflection", "Microsoft"];

    private static readonly HashSet<string> HarmlessToDetection = ["System.IO.InvalidDataException", "System.IO.EndOfStreamException"];

    /// <summary>Namespaces of attributes that the compiler writes into every assembly.</summary>
    private static readonly string[] CompilersOwn = ["System.Diagnostics.CodeAnalysis", "System.Reflection.Assembly", "System.Diagnostics.Debug"];

    [Fact]
    public void Each_project_refers_to_the_floor_below_and_to_no_other()
    {
        for (int floor = 0; floor < Floors.Length; floor++)
        {
            string project = Floors[floor].Project;
            string[] below = floor + 1 < Floors.Length ? [Floors[floor + 1].Project] : [];
            XDocument file = XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));
            file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))
                .ShouldBe(below, $"{project} stands on the floor below");
        }
    }

    [Fact]
    public void No_assembly_refers_upwards()
    {
        for (int floor = 0; floor < Floors.Length; floor++)
        {
            string?[] above = [.. Floors[..(floor + 1)].Select(other => other.Assembly.GetName().Name)];
            References(Floors[floor].Assembly).Intersect(above).ShouldBeEmpty($"{Floors[floor].Project} knows nobody above");
        }
    }

    [Fact]
    public void Detection_refers_to_the_framework_alone() =>
        References(typeof(Detector).Assembly).ShouldAllBe(name => name!.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void Detection_uses_no_file_no_network_no_thread_no_clock_and_no_logging()
    {
        TypesUsed(typeof(Detector).Assembly)
            .Where(name => NotForDetection.Any(space => name.StartsWith($"{space}.", StringComparison.Ordinal)))
            .Where(name => !HarmlessToDetection.Contains(name) && !CompilersOwn.Any(space => name.StartsWith(space, StringComparison.Ordinal)))
            .ShouldBeEmpty();
        TypesUsed(typeof(Detector).Assembly).ShouldNotContain("System.TimeProvider");
    }

    [Fact]
    public void Engine_and_connectors_know_no_web_server()
    {
        foreach (Assembly assembly in (Assembly[])[typeof(Pipeline).Assembly, typeof(ISource).Assembly])
            References(assembly).ShouldAllBe(name => !name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), assembly.GetName().Name);
    }

    private static string?[] References(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(name => name.Name)];

    private static string[] TypesUsed(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }
}
