using System.Text.RegularExpressions;

namespace Oddity.Server.Tests;

/// <summary>A type is found by the name of its file.</summary>
public sealed partial class FloorsFilesTests
{
    [Fact]
    public void A_file_has_one_public_type_and_its_name()
    {
        var strays = new List<string>();
        foreach (string file in Repository.Files("src", "*.cs"))
        {
            string[] types = [.. PublicType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).Distinct()];
            string name = Path.GetFileName(file).Split('.')[0];
            if (types.Length > 1 || (types.Length == 1 && types[0] != name)) strays.Add($"{Path.GetRelativePath(Repository.Root, file)}: {string.Join(", ", types)}");
        }

        strays.ShouldBeEmpty();
    }

    [GeneratedRegex(@"^public (?:(?:abstract|sealed|static|partial|readonly|ref|unsafe) )*(?:class|interface|enum|record struct|record class|record|struct|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
