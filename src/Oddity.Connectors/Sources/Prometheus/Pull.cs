namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>One metric of ours and what it is made of.</summary>
/// <param name="Metric">Its name here.</param>
/// <param name="Kind">How it is made.</param>
/// <param name="Source">The metric in Prometheus; of a histogram or summary its base name.</param>
/// <param name="Quantile">0 to 1, of <see cref="PullKind.Quantile"/>.</param>
internal sealed record Pull(string Metric, PullKind Kind, string Source, double Quantile = 0);
