using System.Diagnostics.CodeAnalysis;
using System.Text;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Decodes an ExportLogsServiceRequest of OTLP 1.x: resources, scopes, log records. Bytes in texts that are not UTF-8 become U+FFFD. Never throws on bad input.</summary>
public static class OtlpLogsDecoder
{
    private const int HighestSeverity = 24;
    private static readonly OtlpValue s_value = new(Encoding.UTF8, nested: true);

    /// <summary>Decodes a request. False: it is no such message.</summary>
    /// <param name="body">The message, protocol buffers; see <see cref="OtlpJson"/> for JSON.</param>
    /// <param name="batch">Takes the lines.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    public static bool TryDecode(ReadOnlySpan<byte> body, LogBatch batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        failure = null;
        try
        {
            Each(body, 1, new(), batch, ReadResource);
        }
        catch (InvalidDataException error)
        {
            failure = new("bad_protobuf", $"The body is not an OTLP logs request: {error.Message}.");
        }

        if (failure is null && batch.IsTooLong) failure = LogDecoder.TooLong();
        return failure is null;
    }

    private delegate void Reader(ReadOnlySpan<byte> message, LogFields known, LogBatch batch);

    private static void Each(ReadOnlySpan<byte> message, int field, LogFields known, LogBatch batch, Reader read)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(field, ProtoReader.TypeBytes)) read(reader.Bytes(), known, batch);
            else reader.Skip();
        }

        reader.End();
    }

    private static void ReadResource(ReadOnlySpan<byte> message, LogFields request, LogBatch batch)
    {
        var known = new LogFields();
        Each(message, 1, known, batch, static (resource, fields, into) => Each(resource, 1, fields, into, static (attribute, of, _) => Add(attribute, of)));
        Each(message, 2, known, batch, static (scope, fields, into) => Each(scope, 2, fields, into, ReadRecord));
    }

    private static void ReadRecord(ReadOnlySpan<byte> message, LogFields known, LogBatch batch)
    {
        (ulong time, ulong observed, int severity) = (0, 0, 0);
        (string word, string body) = ("", "");
        ReadOnlySpan<byte> trace = default;
        var fields = new LogFields();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeFixed64)) time = reader.Fixed64();
            else if (reader.Is(11, ProtoReader.TypeFixed64)) observed = reader.Fixed64();
            else if (reader.Is(2, ProtoReader.TypeVarint)) severity = (int)Math.Min(reader.Varint(), HighestSeverity);
            else if (reader.Is(3, ProtoReader.TypeBytes)) word = Encoding.UTF8.GetString(reader.Bytes());
            else if (reader.Is(5, ProtoReader.TypeBytes)) body = s_value.Text(reader.Bytes()) ?? "";
            else if (reader.Is(6, ProtoReader.TypeBytes)) Add(reader.Bytes(), fields);
            else if (reader.Is(9, ProtoReader.TypeBytes)) trace = reader.Bytes();
            else reader.Skip();
        }

        reader.End();
        fields.AddAll(known);
        if (trace.Length <= 16 && trace.IndexOfAnyExcept((byte)0) >= 0) fields.Set("trace_id", Convert.ToHexStringLower(trace));
        if (body.Length == 0 && fields.Count == 0)
        {
            batch.Reject("missing_field", "The log record holds nothing.");
            return;
        }

        ulong nanoseconds = time > 0 ? time : observed;
        fields.AddLineTo(
            batch, body.Length > 0 ? body : "(no body)", nanoseconds > 0 ? (long)(nanoseconds / 1_000_000) : null, null, severity > 0 ? severity : LogSeverity.Of(word));
    }

    private static void Add(ReadOnlySpan<byte> attribute, LogFields into)
    {
        (string name, string? value) = s_value.Pair(attribute);
        if (name.Length > 0) into.Set(name, value ?? "");
    }
}
