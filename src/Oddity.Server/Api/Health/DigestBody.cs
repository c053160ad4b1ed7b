namespace Oddity.Server.Api.Health;

/// <summary>A fingerprint of all series state.</summary>
/// <param name="Series">Number of series.</param>
/// <param name="LastApplied">Sequence number of the last batch applied.</param>
/// <param name="Sha256">64 hexadecimal digits; the same wherever the same batches were applied.</param>
internal sealed record DigestBody(int Series, long LastApplied, string Sha256);
