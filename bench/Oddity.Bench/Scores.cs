using System.Globalization;
using System.IO.Compression;
using Oddity.Detection;
using Oddity.Detection.Detectors;

namespace Oddity.Bench;

/// <summary>Streams labelled files through a detector, label unseen, and writes the columns the judge reads.</summary>
internal static class Scores
{
    private const string Header = "timestamp,value,expected,lower,upper,severity,anomaly_score,is_anomaly,reason";

    public static int Write(string data, string scores, string detector)
    {
        DetectorEntry entry = DetectorCatalogue.Find(detector) ?? throw new ArgumentException($"No detector '{detector}'.");
        foreach (string path in Directory.EnumerateFiles(data, "*.csv*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(data, path);
            if (relative.EndsWith(".gz", StringComparison.Ordinal)) relative = relative[..^3];
            string target = Path.Combine(scores, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using StreamReader reader = Open(path);
            using var writer = new StreamWriter(target);
            int dimensions = reader.ReadLine()!.Split(',').Count(column => column is not ("timestamp" or "label"));
            writer.WriteLine(Header);
            if (dimensions == 1) WriteOne(reader, writer, entry.Create(DetectorParameters.None, 0));
            else WriteOne(reader, writer, Vector(entry, dimensions));
        }

        return 0;
    }

    private static StreamReader Open(string path)
    {
        FileStream file = File.OpenRead(path);
        return new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    private static void WriteOne(StreamReader reader, StreamWriter writer, Detector detector)
    {
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            double value = double.Parse(cells[1], CultureInfo.InvariantCulture);
            Write(writer, cells[0], value, detector.Observe(new Sample(Time(cells[0]), value)));
        }
    }

    private static VectorDetector Vector(DetectorEntry entry, int dimensions) =>
        entry.CreateVector is { } create
            ? create(dimensions, DetectorParameters.None, 0)
            : new PerDimension([.. Enumerable.Range(0, dimensions).Select(i => entry.Create(DetectorParameters.None, (ulong)i))]);

    private static void WriteOne(StreamReader reader, StreamWriter writer, VectorDetector detector)
    {
        double[] values = new double[detector.Dimensions];
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            for (int i = 0; i < values.Length; i++) values[i] = double.Parse(cells[i + 1], CultureInfo.InvariantCulture);
            Score score = detector.Observe(Time(cells[0]), values);
            Write(writer, cells[0], values[detector.Leading], score);
        }
    }

    private static void Write(StreamWriter writer, string time, double value, in Score score) => writer.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{time},{value:R},{score.Expected:R},{score.Lower:R},{score.Upper:R},{score.Severity:R},{score.Value:R},{(score.Anomalous ? 1 : 0)},{score.Term}"));

    /// <summary>Unix seconds, or a date and time in UTC.</summary>
    private static long Time(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            ? (long)(seconds * 1000)
            : new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();
}
