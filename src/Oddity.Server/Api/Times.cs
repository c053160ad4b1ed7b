using System.Globalization;

namespace Oddity.Server.Api;

/// <summary>Times as the API writes them.</summary>
internal static class Times
{
    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>ISO 8601 in UTC with milliseconds.</summary>
    public static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, EarliestMs, LatestMs)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Iso(long? ms) => ms is { } known ? Iso(known) : null;

    public static double Seconds(long ms) => ms / 1000.0;
}
