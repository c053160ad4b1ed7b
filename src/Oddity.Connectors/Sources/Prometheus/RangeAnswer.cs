namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>What an answer held.</summary>
/// <param name="Series">Series in it.</param>
/// <param name="Samples">Samples that were taken.</param>
/// <param name="Skipped">Samples that were NaN or infinite, such as the quantile of nothing.</param>
internal readonly record struct RangeAnswer(int Series, int Samples, int Skipped);
