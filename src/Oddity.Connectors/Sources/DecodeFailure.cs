namespace Oddity.Connectors.Sources;

/// <summary>Why nothing of a request or file could be decoded. The HTTP layer answers 400 with it, or 413 if <see cref="TooLarge"/>.</summary>
/// <param name="Code">A stable word for programs: <c>empty_body</c>, <c>bad_json</c>, <c>bad_gzip</c>, <c>too_many_errors</c>, <c>too_large</c>, …</param>
/// <param name="Detail">A sentence for people; echoes at most 64 characters of input, control characters escaped.</param>
/// <param name="TooLarge">A limit on size was reached; the same bytes in smaller portions may be fine.</param>
public sealed record DecodeFailure(string Code, string Detail, bool TooLarge = false);
