using System.Buffers;
using System.Text;
using System.Text.Json;
using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// What OTLP answers, in protocol buffers or JSON: an empty response, one that names what was rejected, or a google.rpc.Status. The same for HTTP and gRPC.
/// </summary>
/// <param name="HttpStatus">Status over HTTP; 200 where something was taken, be it in part.</param>
/// <param name="GrpcStatus">Status over gRPC.</param>
/// <param name="Rejected">Data points refused.</param>
/// <param name="Message">Why; null if all is well.</param>
/// <param name="RetryAfter">When trying again may help; null where it cannot.</param>
internal sealed record OtlpAnswer(int HttpStatus, int GrpcStatus, long Rejected, string? Message, TimeSpan? RetryAfter = null)
{
    private const int Ok = 0, InvalidArgument = 3, ResourceExhausted = 8, Unimplemented = 12, Internal = 13, Unavailable = 14;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    private string Record { get; init; } = "";

    /// <summary>What JSON calls the number of those refused.</summary>
    private string RejectedName => Record switch { "Span" => "rejectedSpans", "Log record" => "rejectedLogRecords", _ => "rejectedDataPoints" };

    /// <param name="result">What became of the request.</param>
    /// <param name="record">What its records are: <c>Data point</c>, <c>Span</c> or <c>Log record</c>.</param>
    public static OtlpAnswer Of(IngestResult result, string record)
    {
        string reason = result.Errors is [var first, ..] ? $"{record} {first.Index}: {first.Detail}" : $"A {record.ToLowerInvariant()} is bad.";
        return result.Outcome switch
        {
            IngestOutcome.Stored or IngestOutcome.NothingAccepted when result.Rejected == 0 => new(200, Ok, 0, null),
            IngestOutcome.Stored or IngestOutcome.NothingAccepted => new(200, Ok, result.Rejected, reason) { Record = record },
            IngestOutcome.AtomicRefused => new(400, InvalidArgument, result.Rejected, "Nothing was stored. " + reason),
            // Over gRPC only UNAVAILABLE is tried again by every exporter.
            IngestOutcome.OverLimit => new(429, Unavailable, 0, $"The limit of {result.Limit} is reached. Nothing was stored.", result.RetryAfter ?? s_soon),
            IngestOutcome.DiskFull => new(503, Unavailable, 0, "The server's disk is full. Nothing was stored.", result.RetryAfter ?? s_soon),
            _ => new(503, Unavailable, 0, "The server is busy, starting or stopping. Nothing was stored.", result.RetryAfter ?? s_soon),
        };
    }

    public static OtlpAnswer Of(ProblemException problem) => new(
        problem.Status,
        problem.Status switch { 413 => ResourceExhausted, 415 => Unimplemented, >= 400 and < 500 => InvalidArgument, 503 => Unavailable, _ => Internal },
        0,
        problem.Message,
        problem.RetryAfter);

    /// <summary>The message: of the response where something was taken, else of the status.</summary>
    public byte[] ToProtobuf()
    {
        if (Message is null) return [];
        byte[] text = Encoding.UTF8.GetBytes(Message);
        byte[] inner = [.. Varint(0x08), .. Varint((ulong)(HttpStatus == 200 ? Rejected : GrpcStatus)), .. Varint(0x12), .. Varint((ulong)text.Length), .. text];
        return HttpStatus == 200 ? [.. Varint(0x0a), .. Varint((ulong)inner.Length), .. inner] : inner;
    }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Problem.Json))
        {
            writer.WriteStartObject();
            if (Message is not null && HttpStatus == 200)
            {
                writer.WriteStartObject("partialSuccess");
                writer.WriteString(RejectedName, Rejected.ToString(System.Globalization.CultureInfo.InvariantCulture));
                writer.WriteString("errorMessage", Message);
                writer.WriteEndObject();
            }
            else if (Message is not null)
            {
                writer.WriteNumber("code", GrpcStatus);
                writer.WriteString("message", Message);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
