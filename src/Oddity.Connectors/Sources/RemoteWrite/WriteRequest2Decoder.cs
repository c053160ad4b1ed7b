using System.Buffers;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Decodes Prometheus' remote write 2.0: Request { symbols = 4, timeseries = 5 { labels_refs = 1, samples = 2 { value = 1, timestamp = 2,
/// start_timestamp = 3 }, histograms = 3, exemplars = 4, metadata = 5 } }. Texts stand once in the symbols; a series names its labels by their places. The
/// places are turned back into the labels of version 1.0, so that both find the same series. Exemplars and metadata are passed over.
/// </summary>
public static class WriteRequest2Decoder
{
    /// <summary>More than any series may have; the gate says how many are too many.</summary>
    private const int MostLabels = 256;

    /// <summary>Puts a request's samples into a batch, begun with <see cref="WriteRequestDecoder.Protocol"/>; false if it is none, and then the batch is not to be committed.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> request, Batch batch, out WriteCounts counts)
    {
        counts = default;
        (int Start, int Length)[] symbols = ArrayPool<(int, int)>.Shared.Rent(1024);
        try
        {
            // Symbols come first from every sender; the format does not ask for it.
            if (!TryReadSymbols(request, ref symbols, out int count)) return false;
            var series = new Series(batch);
            var reader = new ProtoReader(request);
            while (reader.Next())
            {
                if (!reader.Is(5, ProtoReader.TypeBytes))
                {
                    reader.Skip();
                    continue;
                }

                ReadOnlySpan<byte> one = reader.Bytes();
                if (reader.Failed || !series.TryRead(one, request, symbols.AsSpan(0, count))) return false;
            }

            counts = WriteCounts.Of(batch, series.Histograms);
            return !reader.Failed;
        }
        finally
        {
            ArrayPool<(int, int)>.Shared.Return(symbols);
        }
    }

    private static bool TryReadSymbols(ReadOnlySpan<byte> request, ref (int Start, int Length)[] symbols, out int count)
    {
        count = 0;
        var reader = new ProtoReader(request);
        while (reader.Next())
        {
            if (!reader.Is(4, ProtoReader.TypeBytes))
            {
                reader.Skip();
                continue;
            }

            int length = reader.Bytes().Length;
            if (count == symbols.Length)
            {
                (int, int)[] larger = ArrayPool<(int, int)>.Shared.Rent(count * 2);
                symbols.AsSpan(0, count).CopyTo(larger);
                ArrayPool<(int, int)>.Shared.Return(symbols);
                symbols = larger;
            }

            symbols[count++] = (reader.At - length, length);
        }

        // The first symbol is the empty one.
        return !reader.Failed && (count == 0 || symbols[0].Length == 0);
    }

    private sealed class Series(Batch batch)
    {
        private byte[] _labels = new byte[1024];
        private int _length;

        public HistogramSeries? Histograms { get; private set; }

        public bool TryRead(ReadOnlySpan<byte> series, ReadOnlySpan<byte> request, ReadOnlySpan<(int Start, int Length)> symbols)
        {
            if (!TryReadLabels(series, request, symbols, out LabelMistake? mistake)) return false;
            ReadOnlySpan<byte> labels = _labels.AsSpan(0, _length);
            bool selected = false;
            var reader = new ProtoReader(series);
            while (reader.Next())
            {
                if (!reader.Is(2, ProtoReader.TypeBytes) && !reader.Is(3, ProtoReader.TypeBytes))
                {
                    reader.Skip();
                    continue;
                }

                bool isSample = reader.Field == 2;
                ReadOnlySpan<byte> message = reader.Bytes();
                if (reader.Failed) return false;
                if (isSample && mistake is null && !selected && !(selected = batch.Select(labels)) && !(selected = WriteRequestDecoder.TryBegin(labels, batch, out mistake))) return false;
                if (!isSample && mistake is null)
                {
                    selected = false;
                    if (!(Histograms ??= new(batch)).TryAdd(message, labels)) return false;
                    continue;
                }

                (long timeMs, double value) = (0, 0);
                if (isSample && !WriteRequestDecoder.ReadSample(message, out timeMs, out value)) return false;
                if (mistake is null) batch.Add(timeMs, value);
                else batch.Reject(mistake.Code, mistake.Detail);
            }

            return !reader.Failed;
        }

        /// <summary>Writes a series' labels as version 1.0 has them; false if the bytes are no series.</summary>
        private bool TryReadLabels(ReadOnlySpan<byte> series, ReadOnlySpan<byte> request, ReadOnlySpan<(int Start, int Length)> symbols, out LabelMistake? mistake)
        {
            (_length, mistake) = (0, null);
            Span<ulong> refs = stackalloc ulong[MostLabels * 2];
            int count = 0;
            var reader = new ProtoReader(series);
            while (reader.Next())
            {
                if (reader.Is(1, ProtoReader.TypeVarint))
                {
                    ulong one = reader.Varint();
                    if (count < refs.Length) refs[count] = one;
                    count++;
                }
                else if (reader.Is(1, ProtoReader.TypeBytes))
                {
                    var packed = new ProtoReader(reader.Bytes());
                    for (; !packed.Failed && packed.At < packed.Length; count++)
                    {
                        ulong one = packed.Varint();
                        if (count < refs.Length) refs[count] = one;
                    }

                    if (packed.Failed) return false;
                }
                else
                {
                    reader.Skip();
                }
            }

            if (reader.Failed) return false;
            if (count > refs.Length) mistake = new("too_many_labels", "A series has too many labels.");
            else if (count % 2 != 0) mistake = new("bad_label", "A label has a name and no value.");
            for (int i = 0; i < count && mistake is null; i += 2)
            {
                if (refs[i] >= (ulong)symbols.Length || refs[i + 1] >= (ulong)symbols.Length) mistake = new("bad_label", "A label refers to a symbol that is not there.");
                else Write(request.Slice(symbols[(int)refs[i]].Start, symbols[(int)refs[i]].Length), request.Slice(symbols[(int)refs[i + 1]].Start, symbols[(int)refs[i + 1]].Length));
            }

            return true;
        }

        private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            int inner = 2 + Size(name.Length) - 1 + name.Length + 2 + Size(value.Length) - 1 + value.Length, needed = _length + inner + 8;
            if (_labels.Length < needed) Array.Resize(ref _labels, Math.Max(needed, _labels.Length * 2));
            Put(0x0A, inner, default);
            Put(0x0A, name.Length, name);
            Put(0x12, value.Length, value);
        }

        private void Put(byte key, int length, ReadOnlySpan<byte> bytes)
        {
            _labels[_length++] = key;
            uint rest = (uint)length;
            for (; rest >= 0x80; rest >>= 7) _labels[_length++] = (byte)(rest | 0x80);
            _labels[_length++] = (byte)rest;
            bytes.CopyTo(_labels.AsSpan(_length));
            _length += bytes.Length;
        }

        private static int Size(int length) => length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
    }
}
