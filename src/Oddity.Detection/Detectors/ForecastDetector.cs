using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// What detectors with a model fitted now and then have in common: a history in slots, a schedule in event time, and a judgement of each sample by the last fit's
/// forecast and by how far forecasts were off lately. The fit is made between two samples from what came before; nothing looks ahead.
/// </summary>
internal abstract class ForecastDetector : Detector
{
    /// <summary>Complete slots of the first fit.</summary>
    private const int LeastSlots = 48;

    private const int LeastSlotsBetweenFits = 12;

    private readonly double _rarity;
    private readonly double _minDeviation;
    private readonly long _refitMs;
    private readonly SlotHistory _history;
    private ForecastErrors _errors = new();
    private long _fittedAt;
    private int _beginning;
    private int _parts;

    protected ForecastDetector(DetectorParameters parameters)
    {
        // Deviations of a normal distribution; what is as rare among the errors of the forecasts is odd.
        _rarity = Elementary.Pow(10, -10 * Student.Score(parameters.Number("threshold", 3, 0.5, 6), 1e6));
        // Least distance from the expected value that counts, in the series' unit.
        _minDeviation = parameters.Number("min_deviation", 0, 0, 1e150);
        _refitMs = (long)(parameters.Number("refit_seconds", 3600, 1, 1e9) * 1000);
        // Least length of a slot; samples that come faster are averaged for the model and judged one by one.
        double slot = parameters.Number("slot_seconds", 300, 1, 604_800), days = parameters.Number("history_days", 14, 1, 3660);
        _history = new((long)(slot * 1000), (long)(days * SeasonMemory.DayMs));
    }

    /// <summary>Whether there is a fit to forecast from.</summary>
    protected bool IsFitted { get; private set; }

    protected abstract string Term { get; }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        Score score = IsFitted ? Judge(sample.TimeMs, value) : Score.WarmUp(value);
        bool completed = _history.Learn(sample.TimeMs, value);
        if (_beginning != _history.Beginning) (IsFitted, _beginning) = (false, _history.Beginning);
        if (completed && _history.Count >= LeastSlots && (!IsFitted || _history.Open - _fittedAt >= Math.Max(LeastSlotsBetweenFits, _refitMs / _history.SlotMs))) Refit();
        return score;
    }

    public override void Save(StateWriter writer)
    {
        _history.Save(writer);
        writer.Int32(_beginning);
        writer.Bool(IsFitted);
        if (!IsFitted) return;
        writer.Int64(_fittedAt);
        writer.Int32(_parts);
        _errors.Save(writer);
        SaveFit(writer);
    }

    public override void Load(StateReader reader)
    {
        _history.Load(reader);
        _beginning = reader.Int32();
        IsFitted = reader.Bool();
        if (!IsFitted) return;
        (_fittedAt, _parts) = (reader.Int64(), reader.Int32());
        _errors.Load(reader);
        LoadFit(reader, _history.SlotMs);
        if (_history.SlotMs == 0 || Math.Abs((double)_fittedAt - _history.Open) > int.MaxValue) throw new InvalidDataException("A fit without a history.");
    }

    /// <summary>Fits to the history; returns how many parts (seasons, waves) the model has. Errors of a model with fewer say nothing of one with more.</summary>
    protected abstract int Fit(SlotHistory history);

    /// <summary>The expected value at a time, and how much less sure it is than at the time of the fit, 1 or more.</summary>
    protected abstract (double Expected, double Widening) Forecast(long timeMs);

    protected abstract void SaveFit(StateWriter writer);

    protected abstract void LoadFit(StateReader reader, long slotMs);

    private void Refit()
    {
        int parts = Fit(_history);
        if (!IsFitted || parts > _parts) _errors = new();
        (IsFitted, _fittedAt, _parts) = (true, _history.Open, parts);
    }

    private Score Judge(long timeMs, double value)
    {
        (double expected, double widening) = Forecast(timeMs);
        expected = Math.Clamp(expected, -Band.Largest, Band.Largest) + 0.0;
        double error = (value - expected) / widening, nothing = Band.LeastChange(expected, 0), usual = _errors.Reach(_rarity);
        Band band = Band.UpTo(expected, Math.Max(usual * widening, Band.LeastChange(expected, _minDeviation)));
        bool known = _errors.Seen >= ForecastErrors.Enough, odd = band.Excludes(value), constant = usual <= nothing;
        int seen = _errors.Seen;
        double tail = Score.FromTailProbability(_errors.Tail(error));
        _errors.Learn(error, nothing, odd);
        if (!known) return Score.WarmUp(value);
        return new Score
        {
            Value = !constant ? tail : odd ? Math.Max(tail, Student.ScoreOfBrokenConstant(seen)) : 0,
            Expected = expected,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = value - expected,
            Term = constant ? "constant series broken" : Term,
        };
    }
}
