using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Connectors.Sources.Files;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;

namespace Oddity.Server.Api;

/// <summary>Calls the decoders and turns their failure into an answer.</summary>
internal static class Decode
{
    public static IngestBatch Events(ReadOnlySpan<byte> body, string tenant, TimePrecision precision) =>
        EventsDecoder.TryDecode(body, tenant, precision, out IngestBatch? batch, out DecodeFailure? failure) ? batch : throw Answer(failure);

    /// <exception cref="ProblemException">413: the file is too large once it is decompressed.</exception>
    public static DecodedFile File(string name, ReadOnlyMemory<byte> body, string tenant, TimePrecision precision, HttpOptions limits)
    {
        var options = new UploadOptions { Tenant = tenant, Precision = precision, MaxBytes = limits.MaxDecompressedBytes };
        if (UploadDecoder.TryDecode(body, name, options, out IngestBatch? batch, out DecodeFailure? failure)) return new(name, batch, null);
        return failure.TooLarge ? throw Answer(failure) : new(name, null, new(0, failure.Code, failure.Detail));
    }

    private static ProblemException Answer(DecodeFailure failure) => failure.TooLarge
        ? new(StatusCodes.Status413PayloadTooLarge, failure.Code, failure.Detail, "records")
        : new(StatusCodes.Status400BadRequest, failure.Code, failure.Detail);
}
