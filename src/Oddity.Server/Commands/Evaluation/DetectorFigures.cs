using Oddity.Detection.Evaluation;

namespace Oddity.Server.Commands;

/// <summary>The figures of one detector over all series of a folder.</summary>
internal sealed record DetectorFigures
{
    public required int Series { get; init; }

    public required long Rows { get; init; }

    public required double Days { get; init; }

    /// <summary>By profile, in the order of <see cref="NabProfile.All"/>; empty where the truth was not given as windows.</summary>
    public required IReadOnlyList<(NabProfile Profile, BestThreshold Best, double Shipped)> Nab { get; init; }

    /// <summary>Rows flagged outside of windows behind the probation; 0 where the truth was not given as windows.</summary>
    public required int NabRowsOutside { get; init; }

    public required (BestThreshold Best, double Shipped) DelayF1 { get; init; }

    public required BestThreshold EventF1 { get; init; }

    /// <summary>What the shipped decisions found, missed and said besides, on all series.</summary>
    public required EventCounts Events { get; init; }

    /// <summary>Mean over the series with a labelled row.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>Mean over the series with a labelled row.</summary>
    public required double VolumeUnderSurface { get; init; }

    public double FalseAlarmsPerDay => Events.FalseAlarms / Math.Max(Days, 1e-9);

    public static DetectorFigures Of(IReadOnlyList<EvaluatedSeries> all)
    {
        EvaluatedSeries[] labelled = [.. all.Where(series => series.Judged.Segments.Count > 0)];
        JudgedSeries[] judged = [.. labelled.Select(series => series.Judged)];
        NabSeries[] nab = [.. all.Select(series => series.Nab).OfType<NabSeries>()];
        return new()
        {
            Series = all.Count,
            Rows = all.Sum(series => (long)series.Judged.Labels.Length),
            Days = all.Sum(series => series.Judged.Length.TotalDays),
            Nab = nab.Length == 0 ? [] : [.. NabProfile.All.Select(profile => (profile, NabRule.Best(profile, nab), NabRule.Shipped(profile, nab)))],
            NabRowsOutside = NabRule.RowsFlaggedOutside(nab),
            DelayF1 = (DelayRule.Best(judged), DelayRule.Shipped(judged)),
            EventF1 = EventRule.Best(judged),
            Events = all.Aggregate(default(EventCounts), (sum, series) => sum + EventRule.Shipped(series.Judged)),
            AveragePrecision = labelled.Length == 0 ? double.NaN : labelled.Average(series => series.AveragePrecision),
            VolumeUnderSurface = labelled.Length == 0 ? double.NaN : labelled.Average(series => series.VolumeUnderSurface),
        };
    }
}
