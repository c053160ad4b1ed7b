using System.Text;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Exposition;

/// <summary>
/// Decodes exposition text. Each sample is a record; a line that is wrong costs only itself. Names and labels are not looked at while their bytes are
/// those of a known series. Never throws on bad input, takes time linear in it.
/// </summary>
public static class ExpositionDecoder
{
    /// <summary>The name under which a batch keeps the bytes of names and labels.</summary>
    public const string Protocol = "exposition";

    /// <summary>Puts a body's samples into a batch; null, or why that is not possible: then the batch is not to be committed.</summary>
    public static DecodeFailure? Decode(ReadOnlySpan<byte> body, Batch batch, ExpositionOptions options)
    {
        var reader = new ExpositionReader(body, options.OpenMetrics);
        var names = new Names(batch, options.Labels);
        while (reader.Next())
        {
            if (batch.RecordCount >= EventsDecoder.MaxSamples) return new("too_large", $"More than {EventsDecoder.MaxSamples} samples at once.", TooLarge: true);
            ReadOnlySpan<byte> line = reader.Rest;
            int known = names.SelectNext(line);
            (string Code, string Detail)? mistake = reader.Read(known);
            if (mistake is null && (known == 0 || reader.Head.Length != known)) mistake = names.Select(reader.Head);
            if (mistake is null) batch.Add(reader.TimeMs ?? options.DefaultTimeMs, Finite(reader.Value));
            else batch.Reject(mistake.Value.Code, batch.Errors.Count < 10 ? $"Line {reader.Line}: {mistake.Value.Detail}: {InputEcho.Quote(Until(line))}" : "");
            reader.SkipLine();
        }

        if (options.OpenMetrics && !reader.Ended) return new("missing_end", "OpenMetrics text ends with a line '# EOF'; without it the text may be cut off.");
        return reader.Began ? null : new("empty_body", "There is nothing in the body.");
    }

    /// <summary>No text says that a series has ended; a NaN is one like any other.</summary>
    private static double Finite(double value) => double.IsNaN(value) ? double.NaN : value;

    private static ReadOnlySpan<byte> Until(ReadOnlySpan<byte> rest)
    {
        int length = rest.IndexOfAny((byte)'\n', (byte)'\r');
        return length < 0 ? rest : rest[..length];
    }

    /// <summary>Finds the series of names and labels. Labels for all are a part of what a series is found by.</summary>
    private sealed class Names
    {
        private readonly Batch _batch;
        private readonly IReadOnlyList<KeyValuePair<string, string>> _more;
        private readonly List<KeyValuePair<string, string>> _labels = [];
        private readonly int _prefix;
        private byte[] _wire;

        public Names(Batch batch, IReadOnlyList<KeyValuePair<string, string>> more)
        {
            (_batch, _more) = (batch, more);
            byte[] prefix = Encoding.UTF8.GetBytes(string.Concat(more.Select(label => $"{label.Key.Length}:{label.Key}={label.Value.Length}:{label.Value}\n")));
            _prefix = prefix.Length;
            _wire = [.. prefix, .. new byte[512]];
        }

        /// <summary>Length of the name and labels of the series that mostly comes next, if it does; 0 if not.</summary>
        public int SelectNext(ReadOnlySpan<byte> line)
        {
            if (_prefix > 0) return 0;
            int length = _batch.SelectNext(line, (byte)'{');
            if (length == 0 || line[length - 1] == (byte)'}') return length;
            return length < line.Length && line[length] is (byte)' ' or (byte)'\t' ? length : 0;
        }

        public (string Code, string Detail)? Select(ReadOnlySpan<byte> head)
        {
            ReadOnlySpan<byte> wire = head;
            if (_prefix > 0)
            {
                if (_wire.Length < _prefix + head.Length) Array.Resize(ref _wire, _prefix + (head.Length * 2));
                head.CopyTo(_wire.AsSpan(_prefix));
                wire = _wire.AsSpan(0, _prefix + head.Length);
            }

            if (_batch.Select(wire)) return null;
            if (ExpositionHead.TryRead(head, out string metric, _labels) is { } mistake) return mistake;
            _labels.AddRange(_more);
            return _batch.Begin(wire, SeriesKey.Create(_batch.Tenant, metric, _labels)) is { } bad ? (bad.Code, bad.Detail.TrimEnd('.')) : null;
        }
    }
}
