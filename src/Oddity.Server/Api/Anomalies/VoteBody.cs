using Oddity.Detection;

namespace Oddity.Server.Api.Anomalies;

/// <summary>One method's say.</summary>
internal sealed record VoteBody
{
    public required string Detector { get; init; }

    public required double Weight { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Score { get; init; }

    /// <summary>Its vote by its own threshold.</summary>
    public required bool Anomalous { get; init; }

    /// <summary>True while it has seen too little to judge.</summary>
    public required bool WarmingUp { get; init; }

    public double? Expected { get; init; }

    public double? Lower { get; init; }

    public double? Upper { get; init; }

    public double? Statistic { get; init; }

    public required string Term { get; init; }

    public static VoteBody From(Vote vote) => new()
    {
        Detector = vote.Detector,
        Weight = vote.Weight,
        Score = Json.Finite(vote.Score.Value),
        Anomalous = vote.Score.Anomalous,
        WarmingUp = vote.Score.WarmingUp,
        Expected = Json.Finite(vote.Score.Expected),
        Lower = Json.Finite(vote.Score.Lower),
        Upper = Json.Finite(vote.Score.Upper),
        Statistic = Json.Finite(vote.Score.Statistic),
        Term = vote.Score.Term,
    };
}
