using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Turns native histograms into samples of the series <c>_count</c>, <c>_sum</c>, <c>:p50</c>, <c>:p95</c> and <c>:p99</c>. They are found by the bytes
/// of the histogram's own series and a byte more, which no name has there.
/// </summary>
internal sealed class HistogramSeries(Batch batch)
{
    private static readonly double[] s_quantiles = [0.5, 0.95, 0.99];

    private readonly NativeHistogram _histogram = new();
    private readonly double?[] _values = new double?[NativeHistogram.Suffixes.Count];
    private byte[] _wire = new byte[512];

    /// <summary>Histograms of which something was added.</summary>
    public int Written { get; private set; }

    /// <summary>Samples that were added for them.</summary>
    public int Samples { get; private set; }

    /// <summary>Adds a histogram, which is a record if it is wrong, and else as many as it has samples; false if the bytes are none.</summary>
    /// <param name="message">The histogram.</param>
    /// <param name="labels">The bytes of its series' labels.</param>
    public bool TryAdd(ReadOnlySpan<byte> message, ReadOnlySpan<byte> labels)
    {
        if (!_histogram.TryRead(message)) return false;
        bool ends = BitConverter.DoubleToUInt64Bits(_histogram.Sum) == Batch.StaleMarker;
        if (!ends && _histogram.Mistake() is { } wrong)
        {
            batch.Reject("bad_histogram", wrong);
            return true;
        }

        (_values[0], _values[1]) = (ends ? _histogram.Sum : _histogram.Count, ends || double.IsFinite(_histogram.Sum) ? _histogram.Sum : null);
        for (int i = 0; i < s_quantiles.Length; i++) _values[2 + i] = ends ? _histogram.Sum : _histogram.Quantile(s_quantiles[i]);
        if (_wire.Length <= labels.Length) _wire = new byte[labels.Length * 2];
        labels.CopyTo(_wire);
        int rejected = batch.Rejected;
        SeriesKey? key = null;
        for (int i = 0; i < _values.Length && batch.Rejected == rejected; i++)
        {
            if (_values[i] is not { } value) continue;
            if (!Select(i, labels, ref key)) return false;
            if (batch.Rejected > rejected) return true;
            batch.Add(_histogram.TimeMs, value);
            if (batch.Rejected == rejected) Samples++;
        }

        if (batch.Rejected == rejected) Written++;
        return true;
    }

    /// <summary>Selects the series of a value, or rejects its record; false if the labels are none.</summary>
    private bool Select(int value, ReadOnlySpan<byte> labels, ref SeriesKey? key)
    {
        _wire[labels.Length] = (byte)(0xF0 + value);
        ReadOnlySpan<byte> wire = _wire.AsSpan(0, labels.Length + 1);
        if (batch.Select(wire)) return true;
        LabelMistake? mistake = null;
        if (key is null && !LabelReader.TryRead(labels, batch.Tenant, out key, out mistake)) return false;
        if (mistake is null && batch.Begin(wire, SeriesKey.Create(key!.Tenant, key.Metric + NativeHistogram.Suffixes[value], key.Labels)) is { } bad) mistake = new(bad.Code, bad.Detail);
        if (mistake is not null) batch.Reject(mistake.Code, mistake.Detail);
        return true;
    }
}
