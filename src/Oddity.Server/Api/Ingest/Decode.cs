using System.Runtime.InteropServices;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Connectors.Sources.Files;
using Oddity.Connectors.Sources.Influx;
using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>Calls the decoders and turns their failure into an answer.</summary>
internal static class Decode
{
    /// <exception cref="ProblemException">400: nothing can be decoded; 413: more records than one request may have.</exception>
    public static IngestBatch Events(ReadOnlyMemory<byte> body, string tenant, TimePrecision precision) =>
        EventsDecoder.TryDecode(body.Span, tenant, precision, out IngestBatch? batch, out DecodeFailure? failure) ? batch : throw Answer(failure);

    /// <exception cref="ProblemException">400: nothing can be decoded; 413: more records than one request may have.</exception>
    public static IngestBatch Table(ReadOnlyMemory<byte> body, string tenant, TimePrecision precision)
    {
        var options = new UploadOptions { Tenant = tenant, Precision = precision, MaxBytes = body.Length };
        return UploadDecoder.TryDecode(body, "body.csv", options, out IngestBatch? batch, out DecodeFailure? failure) ? batch : throw Answer(failure);
    }

    /// <summary>Decodes InfluxDB's line protocol.</summary>
    /// <exception cref="ProblemException">400: nothing can be decoded; 413: more records than one request may have.</exception>
    public static IngestBatch Lines(ReadOnlyMemory<byte> body, string tenant, long nanosecondsPerUnit) =>
        LineProtocolDecoder.TryDecode(body.Span, tenant, nanosecondsPerUnit, out IngestBatch? batch, out DecodeFailure? failure) ? batch : throw Answer(failure);

    /// <summary>Decodes files. Together they may hold no more text and samples than one request could without compression.</summary>
    /// <exception cref="ProblemException">413: they hold more.</exception>
    public static List<DecodedFile> Files(IReadOnlyList<UploadedFile> files, string tenant, TimePrecision precision, long maxBytes)
    {
        var decoded = new List<DecodedFile>();
        var options = new UploadOptions { Tenant = tenant, Precision = precision, BatchRecords = int.MaxValue, MaxBytes = maxBytes };
        int samples = 0;
        foreach (UploadedFile file in files)
        {
            using var upload = new UploadDecoder(AsStream(file.Body.Bytes), file.Name, options);
            upload.TryRead(out IngestBatch? batch);
            if (upload.Failure is { TooLarge: true } large) throw Answer(large);
            decoded.Add(upload.Failure is { } failure ? new(file.Name, null, new(0, failure.Code, failure.Detail)) : new(file.Name, batch ?? new(tenant), null));
            options = options with { MaxBytes = options.MaxBytes - upload.TextBytes };
            samples += batch?.Rows.Count ?? 0;
            if (samples > EventsDecoder.MaxSamples) throw Answer(new("too_large", $"The files hold more than {EventsDecoder.MaxSamples} samples.", TooLarge: true));
        }

        return decoded;
    }

    /// <summary>Reads memory as a stream, without a copy where it can.</summary>
    public static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array) ? new(array.Array ?? [], array.Offset, array.Count, writable: false) : new(bytes.ToArray());

    /// <summary>What to answer when nothing can be decoded.</summary>
    public static ProblemException Answer(DecodeFailure failure) => failure.TooLarge
        ? new(StatusCodes.Status413PayloadTooLarge, failure.Code, failure.Detail, "body")
        : new(StatusCodes.Status400BadRequest, failure.Code, failure.Detail);
}
