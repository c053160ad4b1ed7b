namespace Oddity.Detection.Evaluation;

/// <summary>Labelled rows that follow each other: one event.</summary>
/// <param name="First">Index of its first row, from 0.</param>
/// <param name="Last">Index of its last row.</param>
public readonly record struct Segment(int First, int Last)
{
    /// <summary>Number of rows, at least 1.</summary>
    public int Length => Last - First + 1;

    /// <summary>The segments of a column of labels, in order.</summary>
    public static IReadOnlyList<Segment> Of(ReadOnlySpan<bool> labels)
    {
        var segments = new List<Segment>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (!labels[i]) continue;
            int first = i;
            while (i + 1 < labels.Length && labels[i + 1]) i++;
            segments.Add(new(first, i));
        }

        return segments;
    }
}
