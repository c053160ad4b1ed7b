using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>What of a request was put into its batch, as remote write counts it.</summary>
/// <param name="Samples">Samples, without those that histograms became.</param>
/// <param name="Histograms">Native histograms.</param>
public readonly record struct WriteCounts(int Samples, int Histograms)
{
    internal static WriteCounts Of(Batch batch, HistogramSeries? histograms) =>
        new(batch.RecordCount - batch.Rejected - (histograms?.Samples ?? 0), histograms?.Written ?? 0);
}
