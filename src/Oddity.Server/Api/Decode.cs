using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Server.Api;

/// <summary>Calls the decoders and turns their failure into an answer.</summary>
internal static class Decode
{
    public static IngestBatch Events(ReadOnlySpan<byte> body, string tenant, TimePrecision precision) =>
        EventsDecoder.TryDecode(body, tenant, precision, out IngestBatch? batch, out DecodeFailure? failure) ? batch : throw Answer(failure);

    public static IngestBatch File(string name, ReadOnlySpan<byte> body, string tenant, TimePrecision precision) => throw new NotImplementedException();

    private static ProblemException Answer(DecodeFailure failure) => failure.TooLarge
        ? new(StatusCodes.Status413PayloadTooLarge, failure.Code, failure.Detail, "records")
        : new(StatusCodes.Status400BadRequest, failure.Code, failure.Detail);
}
