namespace Oddity.Detection.Evaluation;

/// <summary>The best figure that one threshold for all series reaches, chosen with the labels in hand: what a detector could do, not what it does.</summary>
/// <param name="Figure">The figure reached.</param>
/// <param name="Threshold">Rows with a score of at least this are flagged; +∞ where silence is best.</param>
public readonly record struct BestThreshold(double Figure, double Threshold);
