using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Files;

/// <summary>One row of a file that is to be scored.</summary>
/// <param name="TimeText">The time as it stands in the file; empty if there is none.</param>
/// <param name="TimeMs">The time; null if there is none or it cannot be read.</param>
/// <param name="Series">Which series, or which vector if there are several values; null in a bad row.</param>
/// <param name="Values">One value, or those measured together; NaN where there is none.</param>
/// <param name="Mistake">What is wrong with the row; null if nothing is.</param>
/// <param name="Label">The truth where the file has a column <c>label</c>: true for a number above 0; null without such a column. Never input to detection.</param>
public sealed record SeriesRow(string TimeText, long? TimeMs, SeriesKey? Series, double[] Values, string? Mistake, bool? Label = null)
{
    /// <summary>Of several values the series of each, in their order; null for a single value and in a bad row.</summary>
    public IReadOnlyList<SeriesKey>? Dimensions { get; init; }
}
