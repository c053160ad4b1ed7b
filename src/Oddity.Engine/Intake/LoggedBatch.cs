using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>A batch as the log keeps it: what was accepted, in order, each series named once. The same object goes to the shards live and after a replay.</summary>
internal sealed class LoggedBatch
{
    private const byte Version = 1;

    public required string Tenant { get; init; }

    /// <summary>Wall clock at arrival, Unix milliseconds; a label, and the measure of how late an alert is.</summary>
    public required long ReceivedMs { get; init; }

    /// <summary>The distinct series; rows refer to them by position.</summary>
    public required SeriesKey[] Keys { get; init; }

    public required Row[] Rows { get; init; }

    public required VectorRow[] Vectors { get; init; }

    /// <summary>Given by the log.</summary>
    public long Sequence { get; set; }

    /// <summary>Bytes in the log; what the bound on waiting batches counts.</summary>
    public int Size { get; set; }

    public byte[] Encode()
    {
        var writer = new StateWriter();
        writer.Byte(Version);
        writer.Text(Tenant);
        writer.Int64(ReceivedMs);
        writer.Int32(Keys.Length);
        foreach (SeriesKey key in Keys) writer.Text(key.Text);
        writer.Int32(Rows.Length);
        foreach (Row row in Rows)
        {
            writer.Int32(row.Key);
            writer.Int64(row.TimeMs);
            writer.Double(row.Value);
        }

        writer.Int32(Vectors.Length);
        foreach (VectorRow vector in Vectors)
        {
            writer.Int32(vector.Key);
            writer.Int32(vector.Dimensions.Length);
            foreach (int dimension in vector.Dimensions) writer.Int32(dimension);
            writer.Int64(vector.TimeMs);
            writer.Doubles(vector.Values);
        }

        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not such a batch.</exception>
    public static LoggedBatch Decode(byte[] payload)
    {
        var reader = new StateReader(payload);
        if (reader.Byte() != Version) throw new InvalidDataException("A batch of an unknown version.");
        string tenant = reader.Text();
        long receivedMs = reader.Int64();
        var keys = new SeriesKey[reader.Count(4)];
        for (int i = 0; i < keys.Length; i++)
        {
            if (!SeriesKey.TryParse(tenant, reader.Text(), out keys[i])) throw new InvalidDataException("A batch with a series key that cannot be read.");
        }

        var rows = new Row[reader.Count(20)];
        for (int i = 0; i < rows.Length; i++) rows[i] = new(Index(reader, keys), reader.Int64(), reader.Double());
        var vectors = new VectorRow[reader.Count(20)];
        for (int i = 0; i < vectors.Length; i++)
        {
            int key = Index(reader, keys);
            int[] dimensions = new int[reader.Count(4)];
            if (dimensions.Length == 0) throw new InvalidDataException("A vector of nothing.");
            for (int d = 0; d < dimensions.Length; d++) dimensions[d] = Index(reader, keys);
            long timeMs = reader.Int64();
            double[] values = new double[dimensions.Length];
            reader.Doubles(values);
            vectors[i] = new(key, dimensions, timeMs, values);
        }

        return new() { Tenant = tenant, ReceivedMs = receivedMs, Keys = keys, Rows = rows, Vectors = vectors, Size = payload.Length };
    }

    private static int Index(StateReader reader, SeriesKey[] keys)
    {
        int index = reader.Int32();
        return (uint)index < (uint)keys.Length ? index : throw new InvalidDataException("A row of a series that the batch does not name.");
    }

    /// <summary>One sample; <paramref name="Key"/> is a position in <see cref="Keys"/>.</summary>
    internal readonly record struct Row(int Key, long TimeMs, double Value);

    /// <summary>Values measured together; positions as in <see cref="Row"/>.</summary>
    internal readonly record struct VectorRow(int Key, int[] Dimensions, long TimeMs, double[] Values);
}
