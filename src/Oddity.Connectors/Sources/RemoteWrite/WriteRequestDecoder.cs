using System.Buffers.Binary;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Decodes Prometheus' remote write 1.0: WriteRequest { timeseries = 1 { labels = 1 { name = 1, value = 2 }, samples = 2 { value = 1, timestamp = 2 },
/// exemplars = 3, histograms = 4 }, metadata = 3 }. Labels are not looked at while their bytes are those of a known series. Each sample is a record,
/// also those that a histogram becomes. Exemplars and metadata are passed over.
/// </summary>
public static class WriteRequestDecoder
{
    /// <summary>The name under which a batch keeps the bytes of labels.</summary>
    public const string Protocol = "remote_write_1";

    private const byte LabelKey = 0x0A;

    /// <summary>Puts a request's samples into a batch; false if it is none, and then the batch is not to be committed.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> request, Batch batch) => TryDecode(request, batch, out _);

    /// <summary>The same, and counts what was added.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> request, Batch batch, out WriteCounts counts)
    {
        HistogramSeries? histograms = null;
        bool decoded = TryDecode(request, batch, ref histograms);
        counts = WriteCounts.Of(batch, histograms);
        return decoded;
    }

    private static bool TryDecode(ReadOnlySpan<byte> request, Batch batch, ref HistogramSeries? histograms)
    {
        var reader = new ProtoReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1 && reader.Type == 2)
            {
                ReadOnlySpan<byte> series = reader.Bytes();
                if (reader.Failed || !ReadSeries(series, batch, ref histograms)) return false;
            }
            else reader.Skip();
        }

        return !reader.Failed;
    }

    private static bool ReadSeries(ReadOnlySpan<byte> series, Batch batch, ref HistogramSeries? histograms)
    {
        int known = batch.SelectNext(series, LabelKey);
        if (known > 0 && TryReadOne(series[known..], out long onlyMs, out double only))
        {
            batch.Add(onlyMs, only);
            return true;
        }

        var reader = new ProtoReader(series);
        while (reader.IsAt(LabelKey))
        {
            reader.Next();
            reader.Bytes();
        }

        int labels = reader.At;
        if (reader.Failed) return false;
        LabelMistake? mistake = null;
        (bool selected, bool looked) = (false, false);
        while (reader.Next())
        {
            looked |= reader.Field is 2 or 4;
            if (reader.Field is 2 or 4 && reader.Type == 2 && !selected && mistake is null)
            {
                if (reader.Field == 2 && !batch.Select(series[..labels]) && !TryBegin(series[..labels], batch, out mistake)) return false;
                selected = reader.Field == 2;
            }

            if (reader.Field == 2 && reader.Type == 2)
            {
                if (!ReadSample(reader.Bytes(), out long timeMs, out double value) || reader.Failed) return false;
                if (mistake is null) batch.Add(timeMs, value);
                else batch.Reject(mistake.Code, mistake.Detail);
            }
            else if (reader.Field == 4 && reader.Type == 2)
            {
                ReadOnlySpan<byte> histogram = reader.Bytes();
                if (reader.Failed) return false;
                if (mistake is not null) batch.Reject(mistake.Code, mistake.Detail);
                else if (!(histograms ??= new(batch)).TryAdd(histogram, series[..labels])) return false;
                else selected = false;
            }
            else if (reader.Field == 1) return false; // Labels after samples: no sender does, and what they would belong to is unclear.
            else reader.Skip();
        }

        return !reader.Failed && (looked || LabelReader.TryRead(series[..labels], batch.Tenant, out _, out _));
    }

    /// <summary>What Prometheus sends after the labels: one sample, value first. Anything else is not wrong, and left to the reader of anything.</summary>
    internal static bool TryReadOne(ReadOnlySpan<byte> bytes, out long timeMs, out double value)
    {
        (timeMs, value) = (0, 0);
        if (bytes.Length is < 13 or > 22 || bytes[0] != 0x12 || bytes[1] != bytes.Length - 2 || bytes[2] != 0x09 || bytes[11] != 0x10) return false;
        value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[3..]);
        ulong time = 0;
        int last = bytes.Length - 1;
        for (int i = 12; i <= last; i++)
        {
            if (bytes[i] >= 0x80 == (i == last)) return false;
            time |= (ulong)(bytes[i] & 0x7F) << (7 * (i - 12));
        }

        timeMs = (long)time;
        return true;
    }

    /// <summary>Reads a sample, of either version.</summary>
    internal static bool ReadSample(ReadOnlySpan<byte> bytes, out long timeMs, out double value)
    {
        (timeMs, value) = (0, 0);
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1 && reader.Type == 1) value = reader.Double();
            else if (reader.Field == 2 && reader.Type == 0) timeMs = (long)reader.Varint();
            else reader.Skip();
        }

        return !reader.Failed;
    }

    /// <summary>A series that the batch does not know: now its labels are read.</summary>
    /// <returns>False if they are no labels at all.</returns>
    internal static bool TryBegin(ReadOnlySpan<byte> labels, Batch batch, out LabelMistake? mistake)
    {
        if (!LabelReader.TryRead(labels, batch.Tenant, out SeriesKey? key, out mistake)) return false;
        if (mistake is null) mistake = batch.Begin(labels, key!) is { } bad ? new(bad.Code, bad.Detail) : null;
        return true;
    }
}
