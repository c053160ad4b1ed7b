namespace Oddity.Server.Commands;

/// <summary>What became of a file.</summary>
/// <param name="Rows">Rows written.</param>
/// <param name="Odd">Of them odd.</param>
/// <param name="Failure">Why it could not be read to its end; null if it was.</param>
internal sealed record ScoredFile(long Rows, long Odd, string? Failure);
