namespace Oddity.Server.Tests;

/// <summary>The source tree the tests were built from, for tests that read it.</summary>
internal static class Repository
{
    private static readonly string[] Made = ["bin", "obj", "node_modules", "wwwroot"];

    /// <summary>The folder that holds Oddity.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of a file or folder given from the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files below a folder that people wrote: nothing the build made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(PathOf(folder))
            ? Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Intersect(Made).Any())
                .Order(StringComparer.Ordinal)
            : [];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Oddity.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run outside of the repository: no folder above them holds Oddity.slnx.");
    }
}
