using System.Globalization;
using Oddity.Detection.Statistics;

namespace Oddity.Detection;

/// <summary>
/// Several detectors watch the same series and vote.
/// <code>
/// odd if Σ weights of the members that call it odd ≥ vote_threshold · Σ all weights,   or if a member that suffices alone calls it odd
/// </code>
/// The fused score is the strongest agreeing member's. While the vote fails it is the highest score that enough weight reaches, so that a policy's threshold on
/// it asks for agreement too. The band is where the vote would pass: enough weight has its band's end at or before it. Inside it the ensemble is silent.
/// A member that is warming up counts in the sum of all weights: the others do not outvote it by its absence.
/// With "learn" a weight is what was set times how often the member's votes were shared (<see cref="EnsembleTrust"/>); votes show it.
/// </summary>
public sealed class Ensemble : Detector
{
    public const string Id = "ensemble";

    /// <summary>Members when none are named.</summary>
    private const string DefaultMembers = "adaptive=0.4, zscore=0.3, isolation_forest=0.3";

    /// <summary>Members of the preset "argus": a forecast, a decomposition and a forest, as the system of that name has them.</summary>
    private const string ArgusMembers = "prophet=0.4, stl=0.3, isolation_forest=0.3";

    /// <summary>Share of the weights that makes a vote, when not said otherwise.</summary>
    private const double DefaultThreshold = 0.6;

    /// <summary>0.3 + 0.3 must reach 0.6 of 1.0, whatever the rounding of the sums.</summary>
    private const double Tolerance = 1e-9;

    private readonly Member[] _members;
    private readonly double _threshold;
    private readonly EnsembleTrust[] _trust;

    /// <summary>What each member weighs now, and how much of all that makes a vote. With learnt weights they follow from <see cref="_trust"/>.</summary>
    private readonly double[] _weights;
    private double _needed;
    private readonly Vote[] _direct;
    private readonly Vote[] _votes;
    private readonly bool _nested;
    private readonly bool _waits;

    /// <param name="members">Id as votes show it, weight above 0, detector. An ensemble among them votes as one; its members' votes are shown in its place.</param>
    /// <param name="voteThreshold">Share of all weights, above 0 to 1, that must agree. Default 0.6.</param>
    public Ensemble(IEnumerable<(string Id, double Weight, Detector Detector)> members, double voteThreshold = DefaultThreshold)
        : this([.. members.Select(member => new Member(member.Id, member.Weight, Alone: false, member.Detector))], voteThreshold)
    {
    }

    private Ensemble(Member[] members, double voteThreshold, bool learns = false)
    {
        if (members.Length == 0) throw new ArgumentException("An ensemble needs a member.", nameof(members));
        if (members.Any(member => !(member.Weight > 0 && double.IsFinite(member.Weight)))) throw new ArgumentException("A weight must be above 0.", nameof(members));
        if (!(voteThreshold is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(voteThreshold), voteThreshold, "Above 0, at most 1.");
        (_members, _threshold) = (members, voteThreshold);
        _trust = learns ? new EnsembleTrust[members.Length] : [];
        _weights = new double[members.Length];
        Weigh();
        _direct = new Vote[members.Length];
        _nested = members.Any(member => member.Detector is Ensemble);
        _waits = members.Any(member => member.Detector.WaitsForSamples);
        _votes = _nested ? new Vote[members.Sum(member => member.Detector is Ensemble inner ? inner._votes.Length : 1)] : _direct;
    }

    /// <summary>What each member thinks of the last sample; until the next <see cref="Observe"/>.</summary>
    public ReadOnlySpan<Vote> Votes => _votes;

    /// <summary>The earliest of the members'.</summary>
    public override long? OverdueMs
    {
        get
        {
            long? earliest = null;
            foreach (Member member in _members)
                if (member.Detector.OverdueMs is { } due && !(earliest <= due)) earliest = due;
            return earliest;
        }
    }

    /// <inheritdoc/>
    public override bool WaitsForSamples => _waits;

    /// <summary>An ensemble each of whose members suffices alone: a detector and the limits somebody set beside it.</summary>
    public static Ensemble AnyOf(IReadOnlyList<(string Id, Detector Detector)> members) =>
        members.Count == 1 && members[0].Detector is Ensemble only
            ? only
            : new([.. members.Select(member => new Member(member.Id, 1, Alone: true, member.Detector))], 1);

    /// <summary>
    /// From parameters: "members", a list of id=weight, where the weight is a number above 0 or the word "alone" for a member that needs nobody's consent,
    /// or the name of a preset, "argus"; "vote_threshold"; "learn"; and each member's own as "id.parameter".
    /// </summary>
    public static Ensemble Create(DetectorParameters parameters, ulong seed)
    {
        double threshold = parameters.Number("vote_threshold", DefaultThreshold, 0.001, 1);
        string named = parameters.Text("members") ?? DefaultMembers;
        Member[] members = Parse(named.Trim().Equals("argus", StringComparison.OrdinalIgnoreCase) ? ArgusMembers : named, parameters, seed);
        bool learns = parameters.Flag("learn", false);
        return new(members.Length > 0 ? members : Parse(DefaultMembers, parameters, seed), threshold, learns);
    }

    /// <inheritdoc/>
    public override Score Overdue(long nowMs, double last)
    {
        for (int i = 0; i < _members.Length; i++) _direct[i] = new(_members[i].Id, _weights[i], _members[i].Detector.Overdue(nowMs, last));
        if (_nested) ShowInnerVotes();
        return Fuse();
    }

    public override Score Observe(in Sample sample)
    {
        if (_members.Length == 1 && !_nested)
        {
            Member only = _members[0];
            Score score = only.Detector.Observe(sample);
            _votes[0] = new(only.Id, only.Weight, score);
            return score;
        }

        for (int i = 0; i < _members.Length; i++) _direct[i] = new(_members[i].Id, _weights[i], _members[i].Detector.Observe(sample));
        if (_nested) ShowInnerVotes();
        Score fused = Fuse();
        if (_trust.Length > 0) Learn();
        return fused;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(_members.Length);
        foreach (Member member in _members) member.Detector.Save(writer);
        foreach (EnsembleTrust trust in _trust) trust.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        if (reader.Int32() != _members.Length) throw new InvalidDataException("Saved with other members.");
        foreach (Member member in _members) member.Detector.Load(reader);
        for (int i = 0; i < _trust.Length; i++) _trust[i].Load(reader);
        Weigh();
    }

    /// <summary>After the vote: who was alone with its opinion, and who was not.</summary>
    private void Learn()
    {
        bool changed = false;
        for (int i = 0; i < _members.Length; i++)
        {
            bool shared = false;
            for (int other = 0; other < _members.Length && !shared; other++) shared = other != i && _trust[other].IsOdd(_direct[other].Score);
            changed |= _trust[i].Learn(_direct[i].Score, shared);
        }

        if (changed) Weigh();
    }

    private void Weigh()
    {
        double total = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            _weights[i] = _members[i].Weight * (_trust.Length == 0 || _members[i].Alone ? 1 : _trust[i].Share);
            if (!_members[i].Alone) total += _weights[i];
        }

        _needed = (_threshold - Tolerance) * total;
    }

    private static Member[] Parse(string text, DetectorParameters parameters, ulong seed)
    {
        var members = new List<Member>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = item.Split('=', 2, StringSplitOptions.TrimEntries);
            bool alone = parts[^1].Equals("alone", StringComparison.OrdinalIgnoreCase);
            double weight = 1;
            if (parts.Length < 2 || (!alone && !(double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && weight is > 0 and < 1e9)))
                parameters.Mistake("members", $"'{item}' is not id=weight with a weight above 0 or 'alone'");
            else if (DetectorCatalogue.Find(parts[0]) is not { } entry || entry.Id == Id)
                parameters.Mistake("members", $"there is no member '{parts[0]}'");
            else if (members.Exists(member => member.Id == entry.Id))
                parameters.Mistake("members", $"'{parts[0]}' is there twice");
            else
                members.Add(new(entry.Id, weight, alone, entry.Create(parameters.Part(entry.Id), seed)));
        }

        if (members.Count == 0) parameters.Mistake("members", "names nobody");
        return [.. members];
    }

    private void ShowInnerVotes()
    {
        int at = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            if (_members[i].Detector is not Ensemble inner) _votes[at++] = _direct[i];
            else foreach (Vote vote in inner._votes) _votes[at++] = vote;
        }
    }

    private Score Fuse()
    {
        double agreeing = 0, knowing = 0;
        bool odd = false, warmingUp = false;
        int strongest = -1, lead = 0;
        for (int i = 0; i < _direct.Length; i++)
        {
            Score score = _direct[i].Score;
            if (!score.WarmingUp) knowing += _members[i].Alone ? 0 : _weights[i];
            else warmingUp |= _members[i].Alone;
            if (Leads(i, lead)) lead = i;
            if (!score.Anomalous) continue;
            if (strongest < 0 || score.Value > _direct[strongest].Score.Value) strongest = i;
            if (_members[i].Alone) odd = true;
            else agreeing += _weights[i];
        }

        odd |= agreeing > 0 && agreeing >= _needed;
        Score shown = _direct[odd ? strongest : lead].Score;
        double lower = Reached(static score => score.Lower), upper = -Reached(static score => -score.Upper);
        // Members whose bands lie apart leave no value that would please all.
        if (lower > upper) (lower, upper) = (shown.Lower, shown.Upper);
        return shown with
        {
            Value = odd ? shown.Value : Reached(static score => score.Value),
            Lower = lower,
            Upper = upper,
            Anomalous = odd,
            WarmingUp = warmingUp || knowing < _needed,
        };
    }

    /// <summary>Whose expectation is shown while nobody is alarmed: the weightiest of those that know enough.</summary>
    private bool Leads(int candidate, int lead)
    {
        bool candidateWarm = !_direct[candidate].Score.WarmingUp, leadWarm = !_direct[lead].Score.WarmingUp;
        return candidateWarm == leadWarm ? _weights[candidate] > _weights[lead] : candidateWarm;
    }

    /// <summary>The highest figure that a vote reaches: one member alone, or enough weight together, has at least it.</summary>
    private double Reached(Func<Score, double> figure)
    {
        double reached = double.NegativeInfinity;
        for (int i = 0; i < _direct.Length; i++)
        {
            double mine = figure(_direct[i].Score);
            if (mine <= reached || !(_members[i].Alone || WeightFrom(mine, figure) >= _needed)) continue;
            reached = mine;
        }

        return reached;
    }

    private double WeightFrom(double least, Func<Score, double> figure)
    {
        double weight = 0;
        for (int i = 0; i < _direct.Length; i++)
            if (!_members[i].Alone && figure(_direct[i].Score) >= least) weight += _weights[i];
        return weight;
    }

    /// <param name="Id">As votes show it.</param>
    /// <param name="Weight">Above 0.</param>
    /// <param name="Alone">It suffices by itself and is not among those who vote together.</param>
    /// <param name="Detector">Owned by the ensemble.</param>
    private sealed record Member(string Id, double Weight, bool Alone, Detector Detector);
}
