namespace Oddity.Detection;

/// <summary>One member's say in an ensemble's score.</summary>
/// <param name="Detector">The member's id.</param>
/// <param name="Weight">Its weight, 0 or more.</param>
/// <param name="Score">What it thinks of the sample.</param>
public readonly record struct Vote(string Detector, double Weight, Score Score);
