using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Files;

/// <summary>A file of JSON events, decoded as a whole.</summary>
internal static class JsonFile
{
    /// <param name="input">The file; read to its end.</param>
    /// <param name="fileMetric">Name of the metric of events without one.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="times">Takes for each record its time as written, empty without one; null to do without.</param>
    /// <exception cref="DecodeException">Nothing of it can be decoded.</exception>
    public static IngestBatch Read(FileInput input, string fileMetric, UploadOptions options, List<string>? times = null)
    {
        ReadOnlySpan<byte> body = ReadAll(input);
        List<JsonToken>? tokens = times is null ? null : [];
        if (!EventsDecoder.TryDecode(body, options.Tenant, options.Precision, fileMetric, tokens, out IngestBatch? batch, out DecodeFailure? failure))
        {
            throw new DecodeException(failure);
        }

        foreach (JsonToken token in tokens ?? []) times!.Add(token.TryText(body, out string? text) ? text : "");
        return batch;
    }

    /// <summary>The batch in portions of so many records, and the index of each portion's first record.</summary>
    public static IEnumerable<(int First, IngestBatch Batch)> Split(IngestBatch whole, int records)
    {
        (int row, int vector, int error, int call) = (0, 0, 0, 0);
        for (int first = 0, end = 0; first < whole.RecordCount; first = end)
        {
            var part = new IngestBatch(whole.Tenant);
            end += Math.Min(records, whole.RecordCount - first);
            while (part.RecordCount < end - first) part.NextRecord();
            for (; row < whole.Rows.Count && whole.Rows[row].Record < end; row++) part.Rows.Add(whole.Rows[row] with { Record = whole.Rows[row].Record - first });
            for (; vector < whole.Vectors.Count && whole.Vectors[vector].Record < end; vector++)
            {
                part.Vectors.Add(whole.Vectors[vector] with { Record = whole.Vectors[vector].Record - first });
            }

            for (; call < whole.Calls.Count && whole.Calls[call].Record < end; call++) part.Calls.Add((whole.Calls[call].Record - first, whole.Calls[call].Call));
            for (; error < whole.Errors.Count && whole.Errors[error].Index < end; error++)
            {
                part.Errors.Add(whole.Errors[error] with { Index = whole.Errors[error].Index - first });
            }

            yield return (first, part);
        }
    }

    private static ReadOnlySpan<byte> ReadAll(FileInput input)
    {
        byte[] buffer = new byte[64 << 10];
        int length = 0;
        while (input.Read(buffer.AsSpan(length)) is var read and > 0)
        {
            length += read;
            if (length == Array.MaxLength) throw new DecodeException(new("too_large", "JSON files end at 2 GiB.", TooLarge: true));
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * length, Array.MaxLength));
        }

        return buffer.AsSpan(0, length);
    }
}
