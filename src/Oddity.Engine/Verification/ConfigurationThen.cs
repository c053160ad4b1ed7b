using System.Globalization;
using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Engine.Verification;

/// <summary>What watched a series when an anomaly of it was found, rebuilt from the settings that the anomaly carries: today's may be others.</summary>
internal static class ConfigurationThen
{
    /// <summary>The plan; null if the settings can't be rebuilt (an anomaly of a version that knew others).</summary>
    public static WatchPlan? Of(Anomaly anomaly)
    {
        try
        {
            bool vector = anomaly.Configuration.ContainsKey("vector");
            var plans = new WatchPlans(Options(anomaly.Configuration));
            WatchPlan plan = vector ? plans.Vector.Plan : plans.For(anomaly.Series);
            return plan.Configuration.SequenceEqual(anomaly.Configuration) ? plan : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    public static WatchOptions Options(IReadOnlyDictionary<string, string> configuration)
    {
        string detector = configuration["detector"];
        string own = $"{detector}.";
        Dictionary<string, string> parameters = configuration
            .Where(setting => setting.Key.StartsWith(own, StringComparison.Ordinal) && !IsNumbered(setting.Key[own.Length..]))
            .ToDictionary(setting => setting.Key[own.Length..], setting => setting.Value);
        return new()
        {
            Detector = detector,
            VectorDetector = configuration.ContainsKey("vector") ? detector : DetectorCatalogue.DefaultVector,
            Parameters = new Dictionary<string, IReadOnlyDictionary<string, string>> { [detector] = parameters },
            Policy = Policy(configuration),
            Limits = detector == "threshold" ? [] : [.. Limits(configuration)],
        };
    }

    private static PolicyOptions Policy(IReadOnlyDictionary<string, string> configuration) => new()
    {
        Threshold = double.TryParse(configuration["policy.threshold"], CultureInfo.InvariantCulture, out double threshold) ? threshold : null,
        Direction = Enum.Parse<Direction>(configuration["policy.direction"], ignoreCase: true),
        MinimumChange = double.Parse(configuration["policy.minimum_change"], CultureInfo.InvariantCulture),
        MinimumRelativeChange = double.Parse(configuration["policy.minimum_relative_change"], CultureInfo.InvariantCulture),
        Streak = int.Parse(configuration["policy.streak"], CultureInfo.InvariantCulture),
        ClearAfter = int.Parse(configuration["policy.clear_after"], CultureInfo.InvariantCulture),
        ClearRatio = double.Parse(configuration["policy.clear_ratio"], CultureInfo.InvariantCulture),
    };

    /// <summary>One limit stands as threshold.above, several as threshold.1.above and so on.</summary>
    private static IEnumerable<StaticLimit> Limits(IReadOnlyDictionary<string, string> configuration)
    {
        if (Limit("threshold.") is { } only) yield return only;
        for (int number = 1; Limit(string.Create(CultureInfo.InvariantCulture, $"threshold.{number}.")) is { } limit; number++) yield return limit;

        StaticLimit? Limit(string prefix)
        {
            (double? above, double? below) = (Bound($"{prefix}above"), Bound($"{prefix}below"));
            return above is null && below is null ? null : new("*", above, below);
        }

        double? Bound(string name) => configuration.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    private static bool IsNumbered(string name) => name.Length > 0 && char.IsAsciiDigit(name[0]);
}
