using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>
/// Turns data points into samples: of a number the number, of a histogram <c>_count</c>, <c>_sum</c> and the quantiles <c>:p50</c>, <c>:p95</c>, <c>:p99</c>,
/// of a summary <c>_count</c>, <c>_sum</c> and its quantiles. A point is judged whole before anything of it is added.
/// </summary>
internal sealed class OtlpPoints(IngestBatch batch)
{
    private const int Gauge = 5, Sum = 7, Histogram = 9, Exponential = 10, Summary = 11;

    /// <summary>Bit of a point's flags: there is no value, because the source went away.</summary>
    private const ulong NoRecordedValue = 1;

    private static readonly double[] s_quantiles = [0.5, 0.95, 0.99];
    private static readonly string[] s_histogramSuffixes = ["_count", "_sum", ":p50", ":p95", ":p99"];

    private readonly SeriesCache _cache = new(batch.Tenant);
    private readonly OtlpHistogram _histogram = new();
    private readonly List<(double Quantile, double Value)> _summary = [];
    private readonly double?[] _values = new double?[5];
    private readonly byte[] _resourceId = new byte[SHA256.HashSizeInBytes];
    private byte[] _resource = [];

    /// <summary>Says whose the following points are.</summary>
    public void Resource(ReadOnlySpan<byte> resource)
    {
        _resource = resource.ToArray();
        SHA256.HashData(resource, _resourceId); // Stands for the resource in the identity of each of its series.
    }

    /// <summary>Adds a point; a failure if a limit of the request is reached.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public DecodeFailure? Add(int kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> point)
    {
        batch.NextRecord();
        Begin(kind, name);
        try
        {
            if (Read(kind, point, out long? timeMs, out ulong flags) is { } mistake) batch.Reject("bad_value", $"{InputEcho.Quote(name)}: {mistake}.");
            else if ((flags & NoRecordedValue) == 0) Add(Series(kind, name, point), timeMs, kind);
        }
        catch (DecoderFallbackException)
        {
            batch.Reject("bad_text", "A name or an attribute is not valid UTF-8.");
        }

        return EventsDecoder.LimitHit(batch, _cache.KeyCount);
    }

    private void Begin(int kind, ReadOnlySpan<byte> name)
    {
        Array.Clear(_values);
        _summary.Clear();
        _histogram.Clear();
        _cache.Begin('o');
        _cache.Append((byte)kind, _resourceId);
        _cache.Append(1, name);
    }

    /// <summary>Reads the point's values and adds its attributes to the identity; what is wrong with it, or null.</summary>
    private string? Read(int kind, ReadOnlySpan<byte> point, out long? timeMs, out ulong flags)
    {
        (timeMs, flags) = (null, 0);
        int attributes = AttributesField(kind), flagsField = kind switch { Gauge or Sum or Summary => 8, _ => 10 };
        var reader = new ProtoReader(point);
        while (reader.Next())
        {
            if (reader.Is(attributes, ProtoReader.TypeBytes)) _cache.Append(2, reader.Bytes());
            else if (reader.Is(3, ProtoReader.TypeFixed64)) timeMs = reader.Fixed64() is var nanos and > 0 ? (long)(nanos / 1_000_000) : null;
            else if (reader.Is(flagsField, ProtoReader.TypeVarint)) flags = reader.Varint();
            else if (kind is Gauge or Sum) ReadNumber(ref reader);
            else if (kind == Summary) ReadSummary(ref reader);
            else if (reader.Is(4, ProtoReader.TypeFixed64)) _values[0] = reader.Fixed64();
            else if (reader.Is(5, ProtoReader.TypeFixed64)) _values[1] = reader.Double();
            else if (kind == Histogram) ReadExplicit(ref reader);
            else ReadExponential(ref reader);
        }

        reader.End();

        if (kind == Exponential) _histogram.Scale ??= 0;
        if ((flags & NoRecordedValue) != 0) return null;
        if (kind is Gauge or Sum) return _values[0] is { } value ? NotFinite(value) : "a point without a value";
        return _histogram.Mistake() ?? FillQuantiles() ?? _summary.Select(quantile => NotFinite(quantile.Value) ?? NotFinite(quantile.Quantile)).FirstOrDefault(bad => bad is not null);
    }

    private static string? NotFinite(double value) => double.IsFinite(value) ? null : "the value is not finite";

    private string? FillQuantiles()
    {
        for (int i = 0; i < s_quantiles.Length; i++) _values[2 + i] = _histogram.Quantile(s_quantiles[i]);
        return _values.Select(value => value is { } given ? NotFinite(given) : null).FirstOrDefault(bad => bad is not null);
    }

    private static int AttributesField(int kind) => kind switch { Histogram => 9, Exponential => 1, _ => 7 };

    private void ReadNumber(ref ProtoReader reader)
    {
        if (reader.Is(4, ProtoReader.TypeFixed64)) _values[0] = reader.Double();
        else if (reader.Is(6, ProtoReader.TypeFixed64)) _values[0] = (long)reader.Fixed64();
        else reader.Skip();
    }

    private void ReadExplicit(ref ProtoReader reader)
    {
        if (reader.Is(6, ProtoReader.TypeBytes)) _histogram.AddCounts(reader.Bytes());
        else if (reader.Is(6, ProtoReader.TypeFixed64)) _histogram.AddCount(reader.Fixed64());
        else if (reader.Is(7, ProtoReader.TypeBytes)) _histogram.AddBounds(reader.Bytes());
        else if (reader.Is(7, ProtoReader.TypeFixed64)) _histogram.AddBound(reader.Double());
        else reader.Skip();
    }

    private void ReadExponential(ref ProtoReader reader)
    {
        if (reader.Is(6, ProtoReader.TypeVarint)) _histogram.Scale = OtlpHistogram.ZigZag(reader.Varint());
        else if (reader.Is(7, ProtoReader.TypeFixed64)) _histogram.SetZero(reader.Fixed64());
        else if (reader.Is(8, ProtoReader.TypeBytes)) _histogram.ReadSide(reader.Bytes(), negative: false);
        else if (reader.Is(9, ProtoReader.TypeBytes)) _histogram.ReadSide(reader.Bytes(), negative: true);
        else if (reader.Is(14, ProtoReader.TypeFixed64)) _histogram.SetZeroThreshold(reader.Double());
        else reader.Skip();
    }

    private void ReadSummary(ref ProtoReader reader)
    {
        if (reader.Is(4, ProtoReader.TypeFixed64)) _values[0] = reader.Fixed64();
        else if (reader.Is(5, ProtoReader.TypeFixed64)) _values[1] = reader.Double();
        else if (!reader.Is(6, ProtoReader.TypeBytes)) reader.Skip();
        else
        {
            (double Quantile, double Value) read = (0, 0);
            var quantile = new ProtoReader(reader.Bytes());
            while (quantile.Next())
            {
                if (quantile.Is(1, ProtoReader.TypeFixed64)) read.Quantile = quantile.Double();
                else if (quantile.Is(2, ProtoReader.TypeFixed64)) read.Value = quantile.Double();
                else quantile.Skip();
            }

            quantile.End();

            _summary.Add(read);
            _cache.Append(3, BitConverter.GetBytes(read.Quantile));
        }
    }

    private void Add(SeriesGroup group, long? timeMs, int kind)
    {
        int single = kind switch { Gauge or Sum => 1, Summary => 2, _ => 5 };
        for (int i = 0; i < single; i++)
        {
            if (_values[i] is { } value) batch.Add(group.Keys[i], timeMs, value);
        }

        for (int i = 0; i < _summary.Count; i++) batch.Add(group.Keys[2 + i], timeMs, _summary[i].Value);
    }

    private SeriesGroup Series(int kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> point)
    {
        if (_cache.TryGet(out SeriesGroup? known)) return known;
        SortedDictionary<string, string> labels = Labels(kind, point);
        string metric = OtlpAttributes.Text(name);
        SeriesKey Key(string suffix) => SeriesKey.Create(batch.Tenant, metric + suffix, labels);
        SeriesKey[] keys = kind switch
        {
            Gauge or Sum => [Key("")],
            Summary => [Key("_count"), Key("_sum"), .. _summary.Select(quantile => Quantile(metric, labels, quantile.Quantile))],
            _ => [.. s_histogramSuffixes.Select(Key)],
        };
        return _cache.Put(new(keys, []));
    }

    private SeriesKey Quantile(string metric, SortedDictionary<string, string> labels, double quantile) =>
        SeriesKey.Create(batch.Tenant, metric, labels.Append(new("quantile", quantile.ToString("R", CultureInfo.InvariantCulture))));

    private SortedDictionary<string, string> Labels(int kind, ReadOnlySpan<byte> point)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        OtlpAttributes.AddTo(labels, _resource, 1);
        foreach (string beyond in labels.Keys.Skip(OtlpAttributes.MaxOfResource).ToArray()) labels.Remove(beyond);
        OtlpAttributes.AddTo(labels, point, AttributesField(kind));
        return labels;
    }
}
