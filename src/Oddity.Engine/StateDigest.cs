namespace Oddity.Engine;

/// <summary>A fingerprint of all series state.</summary>
/// <param name="Series">Number of series.</param>
/// <param name="LastApplied">Sequence number of the last batch applied.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits; the same wherever the same batches were applied.</param>
public sealed record StateDigest(int Series, long LastApplied, string Sha256);
