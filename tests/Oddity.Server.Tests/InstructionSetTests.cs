using System.Globalization;
using System.Text;
using Oddity.Detection;

namespace Oddity.Server.Tests;

/// <summary>Scores do not depend on what the processor can do: the same bytes with all its vector instructions, without AVX2 and without any.</summary>
public sealed class InstructionSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oddity-cpu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_detector_scores_the_same_whatever_the_processor_can_do()
    {
        string[] ids = [.. DetectorCatalogue.All.Select(entry => entry.Id)];
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        foreach (string id in ids) File.WriteAllText(Path.Combine(_folder, "in", $"one_{id}.csv"), Text("timestamp,value", 1));
        foreach (string id in (string[])["adaptive", "pca", "isolation_forest"]) File.WriteAllText(Path.Combine(_folder, "in", $"many_{id}.csv"), Text("timestamp,a,b,c", 3));
        string rules = string.Concat(ids.Select(id => $"    - match: \"*_{id}*\"\n      detector: {id}\n{(id == "threshold" ? "      parameters:\n        above: 150\n" : "")}"));
        File.WriteAllText(Path.Combine(_folder, "oddity.yml"), $"detection:\n  rules:\n{rules}");

        Dictionary<string, string> all = await ScoreAsync("all");
        all.Count.ShouldBe(ids.Length + 3);
        all.Values.Count(text => text.Contains(",1,", StringComparison.Ordinal)).ShouldBeGreaterThan(ids.Length / 2);
        foreach (string switched in (string[])["DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"])
        {
            foreach ((string file, string text) in await ScoreAsync(switched, switched)) text.ShouldBe(all[file], $"{file} with {switched}=0");
        }
    }

    private async Task<Dictionary<string, string>> ScoreAsync(string to, string? off = null)
    {
        var environment = new Dictionary<string, string>();
        if (off is not null) environment[off] = "0";
        (int code, _, string error) = await CommandProcess.RunAsync(_folder, ["score", "in", "--out", to, "--config", Path.Combine(_folder, "oddity.yml")], environment);
        code.ShouldBe(0, error);
        return Directory.GetFiles(Path.Combine(_folder, to)).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText);
    }

    /// <summary>Five days and more at five minutes: a day's wave, noise, and every three hundred rows a burst.</summary>
    private static string Text(string header, int columns)
    {
        var random = new Random(columns);
        var text = new StringBuilder(header).Append('\n');
        for (int i = 0; i < 1_600; i++)
        {
            text.Append(1_700_000_000 + (i * 300L) + (i > 1_200 ? 7_200 : 0));
            for (int column = 0; column < columns; column++)
            {
                double value = 100 + (20 * Math.Sin((i + (column * 7)) / 45.8)) + random.NextDouble() + random.NextDouble() + (i % 300 > 295 ? 90 : 0);
                text.Append(',').Append(value.ToString("F3", CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
