using System.Buffers.Binary;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Decodes Prometheus' remote write 1.0: WriteRequest { timeseries = 1 { labels = 1 { name = 1, value = 2 }, samples = 2 { value = 1, timestamp = 2 },
/// exemplars = 3, histograms = 4 }, metadata = 3 }. Labels are not looked at while their bytes are those of a known series. Each sample is a record;
/// so is each histogram, which is not stored. Exemplars and metadata are passed over.
/// </summary>
public static class WriteRequestDecoder
{
    /// <summary>The name under which a batch keeps the bytes of labels.</summary>
    public const string Protocol = "remote_write_1";

    private const byte LabelKey = 0x0A;

    /// <summary>Puts a request's samples into a batch; false if it is none, and then the batch is not to be committed.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> request, Batch batch)
    {
        var reader = new ProtoReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1 && reader.Type == 2)
            {
                ReadOnlySpan<byte> series = reader.Bytes();
                if (reader.Failed || !ReadSeries(series, batch)) return false;
            }
            else reader.Skip();
        }

        return !reader.Failed;
    }

    private static bool ReadSeries(ReadOnlySpan<byte> series, Batch batch)
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
        if (!batch.Select(series[..labels]) && !TryBegin(series, labels, batch, out mistake)) return false;
        while (reader.Next())
        {
            if (reader.Field == 2 && reader.Type == 2)
            {
                if (!ReadSample(ref reader, out long timeMs, out double value)) return false;
                if (mistake is null) batch.Add(timeMs, value);
                else batch.Reject(mistake.Code, mistake.Detail);
            }
            else if (reader.Field == 4 && reader.Type == 2)
            {
                reader.Bytes();
                batch.Reject("histogram", "Native histograms are not stored; send classic ones.");
            }
            else if (reader.Field == 1) return false; // Labels after samples: no sender does, and what they would belong to is unclear.
            else reader.Skip();
        }

        return !reader.Failed;
    }

    /// <summary>What Prometheus sends after the labels: one sample, value first. Anything else is not wrong, and left to the reader of anything.</summary>
    private static bool TryReadOne(ReadOnlySpan<byte> bytes, out long timeMs, out double value)
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

    private static bool ReadSample(ref ProtoReader outer, out long timeMs, out double value)
    {
        (timeMs, value) = (0, 0);
        ReadOnlySpan<byte> bytes = outer.Bytes();
        if (outer.Failed) return false;
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
    private static bool TryBegin(ReadOnlySpan<byte> series, int labels, Batch batch, out LabelMistake? mistake)
    {
        if (!LabelReader.TryRead(series[..labels], batch.Tenant, out SeriesKey? key, out mistake)) return false;
        if (mistake is null) mistake = batch.Begin(series[..labels], key!) is { } bad ? new(bad.Code, bad.Detail) : null;
        return true;
    }
}
