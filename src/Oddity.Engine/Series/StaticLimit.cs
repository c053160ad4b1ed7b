namespace Oddity.Engine.Series;

/// <summary>A limit that holds from the first sample.</summary>
/// <param name="Match">A metric name or canonical series text, <c>*</c> for any run of characters.</param>
/// <param name="Above">Values greater than this are odd; null for no upper limit.</param>
/// <param name="Below">Values less than this are odd; null for no lower limit.</param>
public sealed record StaticLimit(string Match, double? Above, double? Below);
