using System.Diagnostics.CodeAnalysis;
using System.Text;
using Oddity.Connectors.Sources.Traces;
using Oddity.Engine.Calls;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Decodes an ExportTraceServiceRequest of OTLP 1.x. A span is a record. Never throws on bad input, takes time linear in it.</summary>
public static class OtlpTracesDecoder
{
    private const ulong StatusError = 2;

    /// <summary>Decodes a request. True: the batch holds the good spans and names the bad ones. False: it is no such message.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out CallBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        batch = new();
        try
        {
            failure = Walk(body, batch);
        }
        catch (InvalidDataException error)
        {
            failure = new("bad_protobuf", $"The body is not an OTLP traces request: {error.Message}");
        }

        if (failure is not null) batch = null;
        return failure is null;
    }

    private static DecodeFailure? Walk(ReadOnlySpan<byte> request, CallBatch batch)
    {
        var draft = new SpanDraft();
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var resources = new ProtoReader(request);
        while (resources.Next())
        {
            if (!resources.Is(1, ProtoReader.TypeBytes))
            {
                resources.Skip();
                continue;
            }

            ReadOnlySpan<byte> resource = resources.Bytes();
            string service = ServiceOf(resource, labels);
            var scopes = new ProtoReader(resource);
            while (scopes.Next())
            {
                if (!scopes.Is(2, ProtoReader.TypeBytes))
                {
                    scopes.Skip();
                    continue;
                }

                var spans = new ProtoReader(scopes.Bytes());
                while (spans.Next())
                {
                    if (!spans.Is(2, ProtoReader.TypeBytes))
                    {
                        spans.Skip();
                        continue;
                    }

                    Read(spans.Bytes(), service, draft, labels, batch);
                    if (batch.LimitHit() is { } limit) return limit;
                }

                spans.End();
            }

            scopes.End();
        }

        resources.End();
        return null;
    }

    /// <summary>The service of a resource; the empty text where it names none, and a lone control character where the name is no text.</summary>
    private static string ServiceOf(ReadOnlySpan<byte> message, SortedDictionary<string, string> labels)
    {
        labels.Clear();
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (!reader.Is(1, ProtoReader.TypeBytes)) reader.Skip();
            else
            {
                try
                {
                    OtlpAttributes.AddTo(labels, reader.Bytes(), 1);
                }
                catch (DecoderFallbackException)
                {
                    return "\0";
                }
            }
        }

        reader.End();
        return labels.GetValueOrDefault("service.name") ?? "";
    }

    private static void Read(ReadOnlySpan<byte> span, string service, SpanDraft draft, SortedDictionary<string, string> labels, CallBatch batch)
    {
        draft.Clear();
        labels.Clear();
        draft.Service = service;
        (ulong startNs, ulong endNs) = (0, 0);
        bool badText = service == "\0";
        var reader = new ProtoReader(span);
        while (reader.Next())
        {
            if (reader.Is(1, ProtoReader.TypeBytes)) draft.TraceId = Id(reader.Bytes());
            else if (reader.Is(2, ProtoReader.TypeBytes)) draft.SpanId = Id(reader.Bytes());
            else if (reader.Is(4, ProtoReader.TypeBytes)) draft.ParentId = Parent(reader.Bytes());
            else if (reader.Is(5, ProtoReader.TypeBytes)) draft.Name = Text(reader.Bytes(), ref badText);
            else if (reader.Is(6, ProtoReader.TypeVarint)) draft.Kind = reader.Varint() is var kind and <= 5 ? (SpanKind)kind : SpanKind.Unspecified;
            else if (reader.Is(7, ProtoReader.TypeFixed64)) startNs = reader.Fixed64();
            else if (reader.Is(8, ProtoReader.TypeFixed64)) endNs = reader.Fixed64();
            else if (reader.Is(15, ProtoReader.TypeBytes)) Status(reader.Bytes(), draft, ref badText);
            else reader.Skip();
        }

        reader.End();
        try
        {
            OtlpAttributes.AddTo(labels, span, 9);
        }
        catch (DecoderFallbackException)
        {
            badText = true;
        }

        foreach ((string name, string value) in labels) draft.Tag(name, value);
        if (startNs != 0) draft.StartUs = (long)(startNs / 1000);
        draft.DurationUs = endNs >= startNs ? (endNs - startNs) / 1000.0 : -1;
        if (badText) batch.Reject("bad_text", "A name or an attribute is not valid UTF-8.");
        else draft.Finish(batch);
    }

    private static void Status(ReadOnlySpan<byte> message, SpanDraft draft, ref bool badText)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(2, ProtoReader.TypeBytes)) draft.Message = Text(reader.Bytes(), ref badText);
            else if (reader.Is(3, ProtoReader.TypeVarint)) draft.Failed = reader.Varint() == StatusError;
            else reader.Skip();
        }

        reader.End();
    }

    private static string Text(ReadOnlySpan<byte> utf8, ref bool badText)
    {
        try
        {
            return OtlpAttributes.Text(utf8);
        }
        catch (DecoderFallbackException)
        {
            badText = true;
            return "";
        }
    }

    /// <summary>Ids of a wrong length are told of later; no more than that of them is copied.</summary>
    private static string Id(ReadOnlySpan<byte> bytes) => bytes.Length > 16 ? "" : Convert.ToHexStringLower(bytes);

    private static string? Parent(ReadOnlySpan<byte> bytes) => bytes.IsEmpty || (bytes.Length == 8 && bytes.IndexOfAnyExcept((byte)0) < 0) ? null : Id(bytes);
}
