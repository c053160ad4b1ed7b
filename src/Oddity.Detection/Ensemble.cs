namespace Oddity.Detection;

/// <summary>
/// Several detectors on one series. Weighted: odd when the weights of those that call it odd make up at least <c>vote_threshold</c> of all weights.
/// Any-of: each member alone suffices. Either way the votes stay visible, and expected value, band and term are those of the strongest member on the
/// winning side.
/// </summary>
public sealed class Ensemble : Detector
{
    public const string Id = "ensemble";

    /// <summary>Weights such as 0.3 + 0.3 are not exact in binary; a vote as near to the threshold as this has reached it.</summary>
    private const double Rounding = 1e-9;

    private readonly (string Id, double Weight, Detector Detector)[] _members;
    private readonly Vote[] _votes;
    private readonly double _threshold;
    private readonly double _allWeights;

    private Ensemble((string Id, double Weight, Detector Detector)[] members, double threshold)
    {
        (_members, _threshold, _votes) = (members, threshold, new Vote[members.Length]);
        foreach ((string _, double weight, Detector _) in members) _allWeights += weight;
    }

    /// <summary>Who voted how on the last sample, in the order of the members.</summary>
    public ReadOnlySpan<Vote> Votes => _votes;

    /// <summary>Each member alone suffices.</summary>
    public static Ensemble AnyOf((string Id, Detector Detector)[] members) =>
        new(Array.ConvertAll(members, member => (member.Id, 1.0, member.Detector)), 0);

    /// <summary>Weighted votes.</summary>
    /// <param name="members">At least one, weights 0 or more, not all 0.</param>
    /// <param name="threshold">Share of all weights that has to agree, above 0 to 1.</param>
    public static Ensemble Weighted((string Id, double Weight, Detector Detector)[] members, double threshold) => new(members, threshold);

    /// <summary>
    /// From parameters: <c>members</c> is a list such as <c>adaptive=0.4,zscore=0.3,percentile=0.3</c>, <c>vote_threshold</c> the share that has to agree (default 0.6),
    /// and <c>zscore.threshold</c> a member's own parameter.
    /// </summary>
    public static Ensemble Create(DetectorParameters parameters, ulong seed)
    {
        double threshold = parameters.Number("vote_threshold", 0.6, 1e-6, 1);
        var members = new List<(string, double, Detector)>();
        foreach ((string id, double weight) in Members(parameters))
        {
            var own = new DetectorParameters(
                parameters.Values.Where(value => value.Key.StartsWith(id + ".", StringComparison.Ordinal)).Select(value => KeyValuePair.Create(value.Key[(id.Length + 1)..], value.Value)));
            foreach (string name in own.Values.Keys) parameters.Text($"{id}.{name}");
            members.Add((id, weight, DetectorCatalogue.Find(id)!.Create(own, seed)));
            foreach (string mistake in own.Mistakes) parameters.Mistake($"{id}.{mistake[..mistake.IndexOf(':')]}", mistake[(mistake.IndexOf(':') + 2)..]);
        }

        return new([.. members], threshold);
    }

    public override Score Observe(in Sample sample)
    {
        double agreeing = 0, strongest = 0;
        int odd = -1, calm = -1;
        for (int i = 0; i < _members.Length; i++)
        {
            Score score = _members[i].Detector.Observe(sample);
            _votes[i] = new(_members[i].Id, _members[i].Weight, score);
            strongest = Math.Max(strongest, score.Value);
            if (score.Anomalous)
            {
                agreeing += _members[i].Weight;
                if (odd < 0 || score.Value > _votes[odd].Score.Value) odd = i;
            }
            else if (calm < 0 || (_votes[calm].Score.WarmingUp && !score.WarmingUp))
            {
                calm = i;
            }
        }

        // A share of 0 means any-of: one agreeing member, whatever its weight.
        bool anomalous = odd >= 0 && agreeing >= (_threshold * _allWeights) - Rounding;
        Score leading = _votes[anomalous || calm < 0 ? odd : calm].Score;
        return leading with { Value = anomalous ? _votes[odd].Score.Value : Math.Min(strongest, leading.Value), Anomalous = anomalous };
    }

    public override void Save(StateWriter writer)
    {
        foreach ((string _, double _, Detector detector) in _members) detector.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        foreach ((string _, double _, Detector detector) in _members) detector.Load(reader);
    }

    private static List<(string Id, double Weight)> Members(DetectorParameters parameters)
    {
        const string byDefault = "adaptive=0.4,zscore=0.3,isolation_forest=0.3";
        var members = new List<(string, double)>();
        foreach (string part in (parameters.Text("members") ?? byDefault).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', StringSplitOptions.TrimEntries);
            bool isNumber = double.TryParse(pair.Length == 2 ? pair[1] : "1", System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double weight);
            if (DetectorCatalogue.Find(pair[0]) is not { } entry || entry.Id == Id) parameters.Mistake("members", $"'{pair[0]}' is not a detector that can be a member");
            else if (!isNumber || weight is not (> 0 and < 1e6)) parameters.Mistake("members", $"'{part}' is not an id, '=' and a weight above 0");
            else members.Add((entry.Id, weight));
        }

        if (members.Count == 0) members.Add((DetectorCatalogue.Default, 1));
        return members;
    }
}
