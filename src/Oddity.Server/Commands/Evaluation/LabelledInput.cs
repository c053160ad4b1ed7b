namespace Oddity.Server.Commands;

/// <summary>A file to score and judge.</summary>
/// <param name="File">The file.</param>
/// <param name="Windows">Its labelled windows, both ends included, Unix milliseconds, in order; null where a column <c>label</c> tells the truth.</param>
internal sealed record LabelledInput(ScoreInput File, IReadOnlyList<(long StartMs, long EndMs)>? Windows);
