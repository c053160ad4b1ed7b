using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Influx;

/// <summary>
/// Decodes InfluxDB's line protocol. A line is a record; each of its numbers and booleans is a sample of the series <c>measurement_field{tags}</c>, of the
/// field <c>value</c> of <c>measurement{tags}</c>. Texts are no samples and passed over. Never throws on bad input, takes time linear in it.
/// </summary>
public static class LineProtocolDecoder
{
    /// <summary>Decodes a request. True: the batch holds the good lines and names the bad ones. False: nothing could be decoded.</summary>
    /// <param name="body">The bytes as they came, UTF-8.</param>
    /// <param name="tenant">Whose series they are.</param>
    /// <param name="nanosecondsPerUnit">The unit of the timestamps: 1 for nanoseconds, 1,000,000,000 for seconds.</param>
    /// <param name="batch">What was decoded; null if nothing was.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> body,
        string tenant,
        long nanosecondsPerUnit,
        [NotNullWhen(true)] out IngestBatch? batch,
        [NotNullWhen(false)] out DecodeFailure? failure)
    {
        batch = new(tenant);
        var lines = new Lines(batch, nanosecondsPerUnit);
        failure = null;
        int at = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (failure is null && lines.Next(body, ref at)) failure = EventsDecoder.LimitHit(batch, lines.KeyCount);
        if (failure is null && batch.RecordCount == 0) failure = new("empty_body", "There is no line in the body.");
        if (failure is not null) batch = null;
        return failure is null;
    }

    private sealed class Lines(IngestBatch batch, long nanosecondsPerUnit)
    {
        private readonly SeriesCache _cache = new(batch.Tenant);
        private readonly List<(SeriesKey Key, double Value)> _samples = [];
        private readonly List<KeyValuePair<string, string>> _tags = [];

        public int KeyCount => _cache.KeyCount;

        /// <summary>Takes the next line that is one; false at the end of the body.</summary>
        public bool Next(ReadOnlySpan<byte> body, ref int at)
        {
            int blanks = body[at..].IndexOfAnyExcept(" \t\r\n"u8);
            if (blanks < 0) return false;
            at += blanks;
            var line = new LineReader(body, at);
            if (!line.Is((byte)'#'))
            {
                batch.NextRecord();
                if (Mistake(ref line, body) is { } mistake) batch.Reject(mistake.Code, $"{mistake.Detail}: {InputEcho.Quote(body[at..])}");
            }

            line.SkipLine();
            at = line.At;
            return true;
        }

        private (string Code, string Detail)? Mistake(ref LineReader line, ReadOnlySpan<byte> body)
        {
            _samples.Clear();
            ReadOnlySpan<byte> head = line.Head();
            line.SkipBlanks();
            if (line.AtEnd) return ("missing_field", "The line has no fields");
            do
            {
                ReadOnlySpan<byte> field = line.FieldKey();
                if (field.IsEmpty) return ("bad_line", "A field has no name or no equals sign");
                if (line.Is((byte)'"'))
                {
                    if (!line.SkipText()) return ("bad_line", "A text does not end");
                    continue;
                }

                ReadOnlySpan<byte> word = line.Word();
                if (!TryValue(word, out double value)) return ("bad_value", $"The field {InputEcho.Quote(field)} is neither a number nor true nor false nor a text in quotes");
                if (!double.IsFinite(value)) return ("not_finite", $"The field {InputEcho.Quote(field)} is not finite");
                if (Series(head, field, out string? bad) is not { } key) return ("bad_line", Sentence(bad!));
                _samples.Add((key, value));
            }
            while (line.Eat((byte)','));

            if (!line.AtEnd && !line.Is((byte)' ')) return ("bad_line", "Something follows a field's value");
            line.SkipBlanks();
            long? timeMs = null;
            if (!line.AtEnd)
            {
                if (!TryTime(line.Word(), out long ms)) return ("bad_time", "The timestamp is not a whole number of the given precision");
                timeMs = ms;
                line.SkipBlanks();
                if (!line.AtEnd) return ("bad_line", "Something follows the timestamp");
            }

            foreach ((SeriesKey key, double value) in _samples) batch.Add(key, timeMs, value);
            return null;
        }

        private SeriesKey? Series(ReadOnlySpan<byte> head, ReadOnlySpan<byte> field, out string? mistake)
        {
            mistake = null;
            _cache.Begin('l');
            _cache.Append(0, head);
            _cache.Append(1, field);
            if (_cache.TryGet(out SeriesGroup? group)) return group.Keys[0];
            mistake = LineHead.TryRead(head, out string measurement, _tags);
            if (mistake is not null) return null;
            try
            {
                string name = field.SequenceEqual("value"u8) ? measurement : $"{measurement}_{LineHead.Unescape(field)}";
                return _cache.Put(new([SeriesKey.Create(batch.Tenant, name, _tags)], [0])).Keys[0];
            }
            catch (DecoderFallbackException)
            {
                mistake = "a field's name is not valid UTF-8";
                return null;
            }
        }

        private static bool TryValue(ReadOnlySpan<byte> word, out double value)
        {
            if (NumberText.TryParse(word, out value)) return true;
            value = word is [(byte)'t' or (byte)'T'] || word.SequenceEqual("true"u8) || word.SequenceEqual("True"u8) || word.SequenceEqual("TRUE"u8) ? 1 : 0;
            if (value == 1) return true;
            if (word is [(byte)'f' or (byte)'F'] || word.SequenceEqual("false"u8) || word.SequenceEqual("False"u8) || word.SequenceEqual("FALSE"u8)) return true;
            if (word is not [.. var digits, (byte)'i' or (byte)'u']) return false;
            if (word[^1] == (byte)'u')
            {
                if (!Utf8Parser.TryParse(digits, out ulong natural, out int used) || used != digits.Length || digits[0] == (byte)'+') return false;
                value = natural;
                return true;
            }

            if (!Utf8Parser.TryParse(digits, out long whole, out int length) || length != digits.Length) return false;
            value = whole;
            return true;
        }

        /// <summary>Finer than a millisecond is cut off, towards the past.</summary>
        private bool TryTime(ReadOnlySpan<byte> word, out long timeMs)
        {
            timeMs = 0;
            if (!Utf8Parser.TryParse(word, out long units, out int used) || used != word.Length) return false;
            if (nanosecondsPerUnit < 1_000_000)
            {
                long unitsPerMs = 1_000_000 / nanosecondsPerUnit;
                timeMs = (units / unitsPerMs) - (units % unitsPerMs < 0 ? 1 : 0);
            }
            else
            {
                long msPerUnit = nanosecondsPerUnit / 1_000_000;
                if (units > EventTime.MaxMs / msPerUnit || units < EventTime.MinMs / msPerUnit) return false;
                timeMs = units * msPerUnit;
            }

            return timeMs is >= EventTime.MinMs and <= EventTime.MaxMs;
        }

        private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
    }
}
