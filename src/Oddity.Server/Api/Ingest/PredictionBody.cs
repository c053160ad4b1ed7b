using Oddity.Engine.Series;
using Oddity.Server.Api.Anomalies;

namespace Oddity.Server.Api.Ingest;

/// <summary>What samples would be, were they taken now; the oddest of them decides.</summary>
/// <param name="Anomaly">Whether one of them is odd.</param>
/// <param name="Prediction">−1 for odd, 1 for normal.</param>
/// <param name="Score">0 to 1, calibrated alike for every detector.</param>
/// <param name="Detectors">Who voted how on the oddest.</param>
/// <param name="Explanation">The oddest in words.</param>
/// <param name="Stored">Whether the samples were taken in too.</param>
/// <param name="Results">Each sample by itself.</param>
internal sealed record PredictionBody(
    bool Anomaly,
    int Prediction,
    double? Score,
    IReadOnlyList<VoteBody> Detectors,
    string Explanation,
    bool Stored,
    IReadOnlyList<PredictionBody.SampleBody> Results)
{
    /// <summary>One sample and what it would be.</summary>
    internal sealed record SampleBody(
        string Series, string Time, double? Value, bool Anomaly, double? Score, double? Expected, double? Lower, double? Upper, string Reason, string Explanation);

    public static PredictionBody From(IReadOnlyList<Prediction> predictions, bool stored)
    {
        Prediction? oddest = predictions.OrderByDescending(each => each.Score.Anomalous).ThenByDescending(each => each.Score.Value).FirstOrDefault();
        bool odd = oddest?.Score.Anomalous ?? false;
        return new(
            odd,
            odd ? -1 : 1,
            Json.Finite(oddest?.Score.Value ?? 0),
            [.. (oddest?.Votes ?? []).Select(VoteBody.From)],
            oddest?.Explanation ?? "Nothing watches these series.",
            stored,
            [.. predictions.Select(Single)]);
    }

    private static SampleBody Single(Prediction prediction) => new(
        prediction.Series.Text,
        Times.Iso(prediction.Sample.TimeMs),
        Json.Finite(prediction.Sample.Value),
        prediction.Score.Anomalous,
        Json.Finite(prediction.Score.Value),
        Json.Finite(prediction.Score.Expected),
        Json.Finite(prediction.Score.Lower),
        Json.Finite(prediction.Score.Upper),
        prediction.Score.Term,
        prediction.Explanation);
}
