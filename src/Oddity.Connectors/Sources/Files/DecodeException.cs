namespace Oddity.Connectors.Sources.Files;

/// <summary>Thrown where bytes are read piece by piece and turn out not to be decodable. The decoders catch it and hand out its <see cref="Failure"/>.</summary>
internal sealed class DecodeException(DecodeFailure failure) : IOException(failure.Detail)
{
    public DecodeFailure Failure { get; } = failure;
}
