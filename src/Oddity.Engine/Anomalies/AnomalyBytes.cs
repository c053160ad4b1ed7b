using Oddity.Detection;
using Oddity.Engine.Chunks;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// What the store keeps of an anomaly beside the columns that are searched: numbers as they are, the window packed like a chunk. A tenth of the JSON, and
/// made in a fraction of its time. The explanation is left out, for it follows from the rest, unless it is somebody's own words.
/// </summary>
internal static class AnomalyBytes
{
    private const byte Version = 1;

    [ThreadStatic]
    private static StateWriter? _writer;

    /// <summary>What the columns say.</summary>
    public readonly record struct Row(
        string Id, string Tenant, string Series, string Detector, long StartMs, long? EndMs, Severity Severity, SortedDictionary<string, string> Configuration);

    public static byte[] Write(Anomaly anomaly)
    {
        StateWriter writer = _writer ??= new();
        writer.Clear();
        writer.Byte(Version);
        WriteText(writer, anomaly.Subject?.Text);
        WriteText(writer, anomaly.OwnWords);
        writer.Int64(anomaly.LastOddMs);
        writer.Int64(anomaly.PeakMs);
        writer.Double(anomaly.Value);
        writer.Double(anomaly.Expected);
        writer.Double(anomaly.Lower);
        writer.Double(anomaly.Upper);
        writer.Double(anomaly.Score);
        writer.Double(anomaly.Statistic);
        writer.Text(anomaly.Term);
        writer.Int32(anomaly.Count);
        writer.Int32(anomaly.Votes.Count);
        foreach (Vote vote in anomaly.Votes) WriteVote(writer, vote);
        writer.Bytes(ChunkCodec.Encode(anomaly.Window as Sample[] ?? [.. anomaly.Window]));
        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not such an anomaly.</exception>
    public static Anomaly Read(byte[] bytes, in Row row)
    {
        var reader = new StateReader(bytes);
        if (reader.Byte() != Version) throw new InvalidDataException("An anomaly of an unknown version.");
        string? subject = ReadText(reader), words = ReadText(reader);
        var anomaly = new Anomaly
        {
            Id = row.Id,
            Series = Key(row.Tenant, row.Series),
            Subject = subject is null ? null : Key(row.Tenant, subject),
            Detector = row.Detector,
            StartMs = row.StartMs,
            EndMs = row.EndMs,
            Severity = row.Severity,
            Configuration = row.Configuration,
            LastOddMs = reader.Int64(),
            PeakMs = reader.Int64(),
            Value = reader.Double(),
            Expected = reader.Double(),
            Lower = reader.Double(),
            Upper = reader.Double(),
            Score = reader.Double(),
            Statistic = reader.Double(),
            Term = reader.Text(),
            Count = reader.Int32(),
            Votes = ReadVotes(reader),
            Window = ChunkCodec.Decode(reader.Bytes().ToArray()),
        };
        return words is null ? anomaly : anomaly with { Explanation = words };
    }

    private static SeriesKey Key(string tenant, string text) =>
        SeriesKey.TryParse(tenant, text, out SeriesKey key) ? key : throw new InvalidDataException("An anomaly whose series cannot be read.");

    private static void WriteText(StateWriter writer, string? text)
    {
        writer.Bool(text is not null);
        if (text is not null) writer.Text(text);
    }

    private static string? ReadText(StateReader reader) => reader.Bool() ? reader.Text() : null;

    private static void WriteVote(StateWriter writer, in Vote vote)
    {
        writer.Text(vote.Detector);
        writer.Double(vote.Weight);
        writer.Double(vote.Score.Value);
        writer.Double(vote.Score.Expected);
        writer.Double(vote.Score.Lower);
        writer.Double(vote.Score.Upper);
        writer.Bool(vote.Score.Anomalous);
        writer.Bool(vote.Score.WarmingUp);
        writer.Double(vote.Score.Statistic);
        writer.Text(vote.Score.Term);
    }

    private static Vote[] ReadVotes(StateReader reader)
    {
        var votes = new Vote[reader.Count(58)];
        for (int i = 0; i < votes.Length; i++)
        {
            string detector = reader.Text();
            double weight = reader.Double();
            votes[i] = new(detector, weight, new()
            {
                Value = reader.Double(),
                Expected = reader.Double(),
                Lower = reader.Double(),
                Upper = reader.Double(),
                Anomalous = reader.Bool(),
                WarmingUp = reader.Bool(),
                Statistic = reader.Double(),
                Term = reader.Text(),
            });
        }

        return votes;
    }
}
