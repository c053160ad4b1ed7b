using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>What a sample would be, were it taken now.</summary>
/// <param name="Series">The series, or the vector of series.</param>
/// <param name="Sample">The sample; for a vector the value of the dimension that stands out most.</param>
/// <param name="Score">The fused score.</param>
/// <param name="Votes">Who voted how.</param>
/// <param name="Explanation">In words, as an anomaly's.</param>
public sealed record Prediction(SeriesKey Series, Sample Sample, Score Score, IReadOnlyList<Vote> Votes, string Explanation);
