using Oddity.Engine.Calls;
using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>
/// What a source decoded from one request: records, each of one or more samples, and the records it could not decode. The intake decides what
/// is let in; a source only decodes. Not thread-safe.
/// </summary>
public sealed class IngestBatch(string tenant)
{
    /// <summary>One sample of one record. A missing time becomes the time of arrival.</summary>
    public readonly record struct Row(SeriesKey Series, long? TimeMs, double Value, int Record);

    /// <summary>Values measured together, of which the series <c>Dimensions[i]</c> hold the samples; watched as one vector.</summary>
    public readonly record struct VectorRow(SeriesKey Vector, SeriesKey[] Dimensions, long? TimeMs, double[] Values, int Record);

    /// <summary>Stands for the time of arrival in a call.</summary>
    public const long Arrival = long.MinValue;

    public string Tenant { get; } = tenant;

    public List<Row> Rows { get; } = [];

    public List<VectorRow> Vectors { get; } = [];

    /// <summary>Calls of APIs, each with the record it is of and which has samples too; they are added up by interval besides.</summary>
    public List<(int Record, Call Call)> Calls { get; } = [];

    public List<IngestError> Errors { get; } = [];

    /// <summary>Records begun so far, good or bad; the index of the next one.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Begins a record; what is added next belongs to it.</summary>
    public int NextRecord() => RecordCount++;

    /// <summary>Adds a sample to the record begun last.</summary>
    public void Add(SeriesKey series, long? timeMs, double value) => Rows.Add(new(series, timeMs, value, RecordCount - 1));

    /// <summary>Adds samples that were measured together to the record begun last: one in each dimension's series, and one row of the vector.</summary>
    public void AddVector(SeriesKey vector, SeriesKey[] dimensions, long? timeMs, double[] values)
    {
        for (int i = 0; i < dimensions.Length; i++) Add(dimensions[i], timeMs, values[i]);
        Vectors.Add(new(vector, dimensions, timeMs, values, RecordCount - 1));
    }

    /// <summary>Marks the record begun last as bad. Samples already added to it are dropped by the intake.</summary>
    public void Reject(string code, string detail) => Errors.Add(new(RecordCount - 1, code, detail));
}
