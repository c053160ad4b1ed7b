namespace Oddity.Detection.Statistics;

/// <summary>Where a sample falls, as a <see cref="WindowClock"/> sees it.</summary>
internal enum Arrival
{
    /// <summary>It belongs to the window: score and learn it.</summary>
    InWindow,

    /// <summary>It is older than the window: score it, but do not learn it.</summary>
    BeforeWindow,

    /// <summary>Time went back for good: empty the window, then go on.</summary>
    StartsAnew,
}
