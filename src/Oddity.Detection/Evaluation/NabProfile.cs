namespace Oddity.Detection.Evaluation;

/// <summary>What the Numenta benchmark weighs how heavily; a window that is found earns 1.</summary>
/// <param name="Name">Its name in lists.</param>
/// <param name="FalsePositive">Cost of a flagged row far from any window.</param>
/// <param name="FalseNegative">Cost of a window without a flagged row.</param>
public sealed record NabProfile(string Name, double FalsePositive, double FalseNegative)
{
    /// <summary>The three of the benchmark: standard, reward low false positives, reward low false negatives.</summary>
    public static IReadOnlyList<NabProfile> All { get; } = [new("standard", 0.11, 1), new("low FP", 0.22, 1), new("low FN", 0.11, 2)];
}
