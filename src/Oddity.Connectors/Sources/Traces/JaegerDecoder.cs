using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Oddity.Engine.Calls;

namespace Oddity.Connectors.Sources.Traces;

/// <summary>Decodes Jaeger's Batch in Thrift's binary protocol, as its clients post it over HTTP. Never throws on bad input, takes time linear in it.</summary>
public static class JaegerDecoder
{
    private const int ChildOf = 0;

    /// <summary>Decodes a request. True: the batch holds the good spans and names the bad ones. False: it is no such message.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out CallBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        (batch, failure) = (new(), null);
        var draft = new SpanDraft();
        string service = ServiceOf(body); // Whatever the order of the fields.
        var reader = new ThriftReader(body);
        bool any = false;
        while (failure is null && reader.Next(out byte type, out short id))
        {
            any = true;
            if (id != 2 || type != ThriftReader.List)
            {
                reader.Skip(type);
                continue;
            }

            for (int spans = reader.BeginList(ThriftReader.Struct); spans > 0 && !reader.Failed && failure is null; spans--)
            {
                Read(ref reader, service, draft, batch);
                failure = batch.LimitHit();
            }
        }

        if (failure is null && (reader.Failed || !any || !reader.AtEnd)) failure = new("bad_thrift", "The body is not a batch of Jaeger in Thrift's binary protocol.");
        if (failure is not null) batch = null;
        return failure is null;
    }

    private static string ServiceOf(ReadOnlySpan<byte> body)
    {
        string service = "";
        var reader = new ThriftReader(body);
        while (reader.Next(out byte type, out short id))
        {
            if (id != 1 || type != ThriftReader.Struct)
            {
                reader.Skip(type);
                continue;
            }

            while (reader.Next(out byte inner, out short field))
            {
                if (field == 1 && inner == ThriftReader.Text) service = TextOf(reader.ReadBytes()) ?? "\0";
                else reader.Skip(inner);
            }
        }

        return service;
    }

    private static void Read(ref ThriftReader reader, string service, SpanDraft draft, CallBatch batch)
    {
        draft.Clear();
        draft.Service = service;
        (long low, long high, long span, long parent, long flags) = (0, 0, 0, 0, 0);
        bool badText = service == "\0";
        while (reader.Next(out byte type, out short id))
        {
            switch (id, type)
            {
                case (1, ThriftReader.I64): low = reader.ReadI64(); break;
                case (2, ThriftReader.I64): high = reader.ReadI64(); break;
                case (3, ThriftReader.I64): span = reader.ReadI64(); break;
                case (4, ThriftReader.I64): parent = reader.ReadI64(); break;
                case (5, ThriftReader.Text):
                    draft.Name = TextOf(reader.ReadBytes());
                    badText |= draft.Name is null;
                    break;
                case (6, ThriftReader.List):
                    for (int refs = reader.BeginList(ThriftReader.Struct); refs > 0 && !reader.Failed; refs--) parent = ReadReference(ref reader, parent);
                    break;
                case (7, ThriftReader.I32): flags = reader.ReadI32(); break;
                case (8, ThriftReader.I64): draft.StartUs = reader.ReadI64(); break;
                case (9, ThriftReader.I64): draft.DurationUs = reader.ReadI64(); break;
                case (10, ThriftReader.List):
                    for (int tags = reader.BeginList(ThriftReader.Struct); tags > 0 && !reader.Failed; tags--) ReadTag(ref reader, draft, ref badText);
                    break;
                default: reader.Skip(type); break;
            }
        }

        if (reader.Failed) return;
        draft.TraceId = Hex(high) + Hex(low);
        (draft.SpanId, draft.ParentId) = (Hex(span), parent == 0 ? null : Hex(parent));
        draft.Kind = draft["span.kind"] switch { "client" => SpanKind.Client, "server" => SpanKind.Server, "producer" => SpanKind.Producer, "consumer" => SpanKind.Consumer, _ => SpanKind.Internal };
        if (draft["error"] is { } error && error != "false") draft.Failed = true;
        draft.Message = draft["otel.status_description"] ?? draft["error.message"];
        if (badText) batch.Reject("bad_text", "A name or a tag is not valid UTF-8.");
        else draft.Finish(batch);
    }

    private static long ReadReference(ref ThriftReader reader, long parent)
    {
        (int kind, long span) = (-1, 0);
        while (reader.Next(out byte type, out short id))
        {
            if (id == 1 && type == ThriftReader.I32) kind = reader.ReadI32();
            else if (id == 4 && type == ThriftReader.I64) span = reader.ReadI64();
            else reader.Skip(type);
        }

        return parent == 0 && kind == ChildOf ? span : parent;
    }

    private static void ReadTag(ref ThriftReader reader, SpanDraft draft, ref bool badText)
    {
        (string? key, string? value) = ("", null);
        while (reader.Next(out byte type, out short id))
        {
            switch (id, type)
            {
                case (1, ThriftReader.Text): key = TextOf(reader.ReadBytes()); break;
                case (3, ThriftReader.Text):
                    value = TextOf(reader.ReadBytes());
                    badText |= value is null;
                    break;
                case (4, ThriftReader.Double): value = reader.ReadDouble().ToString("R", CultureInfo.InvariantCulture); break;
                case (5, ThriftReader.Bool): value = reader.ReadByte() != 0 ? "true" : "false"; break;
                case (6, ThriftReader.I64): value = reader.ReadI64().ToString(CultureInfo.InvariantCulture); break;
                default: reader.Skip(type); break;
            }
        }

        badText |= key is null;
        if (!string.IsNullOrEmpty(key) && value is not null) draft.Tag(key, value);
    }

    private static string? TextOf(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;

    private static string Hex(long id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
