using System.Buffers;
using System.Buffers.Binary;
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
            int refs = TryReadShort(series, request, symbols);
            if (refs > 0 && WriteRequestDecoder.TryReadOne(series[refs..], out long onlyMs, out double only) && batch.Select(_labels.AsSpan(0, _length)))
            {
                batch.Add(onlyMs, only);
                return true;
            }

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

        /// <summary>
        /// The same as <see cref="TryReadLabels"/> for what senders send: packed places first, of one to three bytes, all of them there, texts below 128 bytes.
        /// Anything else is not wrong, and left to the reader of anything.
        /// </summary>
        /// <returns>How many bytes the places take; 0 if they are not so.</returns>
        private int TryReadShort(ReadOnlySpan<byte> series, ReadOnlySpan<byte> request, ReadOnlySpan<(int Start, int Length)> symbols)
        {
            _length = 0;
            if (series.Length < 2 || series[0] != 0x0A || series[1] >= 0x80 || series[1] + 2 > series.Length) return 0;
            int at = 2, end = series[1] + 2;
            while (at < end)
            {
                if (!TryPlace(series, end, symbols.Length, ref at, out int first) || !TryPlace(series, end, symbols.Length, ref at, out int second)) return 0;
                ((int Start, int Length) name, (int Start, int Length) value) = (symbols[first], symbols[second]);
                int inner = 4 + name.Length + value.Length, to = _length;
                if (inner >= 0x80 || name.Length >= 0x80 || value.Length >= 0x80) return 0;
                if (_labels.Length < to + 256) Array.Resize(ref _labels, _labels.Length * 2);
                Span<byte> label = _labels.AsSpan(to, 256);
                (label[0], label[1], label[2], label[3]) = (0x0A, (byte)inner, 0x0A, (byte)name.Length);
                Copy(request, name, label, 4);
                (label[4 + name.Length], label[5 + name.Length]) = (0x12, (byte)value.Length);
                Copy(request, value, label, 6 + name.Length);
                _length = to + 2 + inner;
            }

            return end;
        }

        /// <summary>Copies sixteen bytes at once where there is room for it, whatever of them is needed.</summary>
        private static void Copy(ReadOnlySpan<byte> request, (int Start, int Length) text, Span<byte> label, int to)
        {
            if (text.Length <= 16 && request.Length - text.Start >= 16)
                BinaryPrimitives.WriteUInt128LittleEndian(label[to..], BinaryPrimitives.ReadUInt128LittleEndian(request[text.Start..]));
            else request.Slice(text.Start, text.Length).CopyTo(label[to..]);
        }

        private static bool TryPlace(ReadOnlySpan<byte> series, int end, int symbols, ref int at, out int place)
        {
            place = 0;
            for (int shift = 0; shift < 21 && at < end; shift += 7)
            {
                byte next = series[at++];
                place |= (next & 0x7F) << shift;
                if (next < 0x80) return place < symbols;
            }

            return false;
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
