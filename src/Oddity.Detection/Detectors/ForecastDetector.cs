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

    private readonly double _threshold;
    private readonly double _minDeviation;
    private readonly long _refitMs;
    private readonly SlotHistory _history;
    private ErrorScale _errors;
    private long _fittedAt;
    private int _beginning;

    protected ForecastDetector(DetectorParameters parameters)
    {
        _threshold = parameters.Number("threshold", 3, 0.01, 1e6);
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
        _errors.Save(writer);
        SaveFit(writer);
    }

    public override void Load(StateReader reader)
    {
        _history.Load(reader);
        _beginning = reader.Int32();
        IsFitted = reader.Bool();
        if (!IsFitted) return;
        _fittedAt = reader.Int64();
        _errors.Load(reader);
        LoadFit(reader, _history.SlotMs);
        if (_history.SlotMs == 0 || Math.Abs((double)_fittedAt - _history.Open) > int.MaxValue) throw new InvalidDataException("A fit without a history.");
    }

    /// <summary>Fits to the history; returns the usual size of what the fit leaves.</summary>
    protected abstract double Fit(SlotHistory history);

    /// <summary>The expected value at a time, and how much less sure it is than at the time of the fit, 1 or more.</summary>
    protected abstract (double Expected, double Widening) Forecast(long timeMs);

    protected abstract void SaveFit(StateWriter writer);

    protected abstract void LoadFit(StateReader reader, long slotMs);

    private void Refit()
    {
        double deviation = Math.Clamp(Fit(_history), 0, Band.Largest);
        if (!IsFitted) _errors.Start(deviation);
        (IsFitted, _fittedAt) = (true, _history.Open);
    }

    private Score Judge(long timeMs, double value)
    {
        (double expected, double widening) = Forecast(timeMs);
        expected = Math.Clamp(expected, -Band.Largest, Band.Largest);
        double error = value - expected, least = Band.LeastChange(expected, _minDeviation), usual = Math.Min(_errors.Reach * widening, Band.Largest);
        bool known = _errors.Seen >= ErrorScale.Enough, constant = usual <= 3 * Band.LeastChange(expected, 0);
        Band band = Band.UpTo(expected, Math.Max(_threshold / 3 * usual, least));
        bool odd = known && band.Excludes(value);
        double z = constant ? 0 : 3 * Student.Ratio(error, usual);
        int seen = _errors.Seen;
        _errors.Learn(error / widening, Band.LeastChange(expected, 0));
        if (!known) return Score.WarmUp(value);
        return new Score
        {
            Value = !constant ? Student.Score(z, Math.Max(1, seen)) : band.Excludes(value) ? Student.ScoreOfBrokenConstant(seen) : 0,
            Expected = expected,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = odd,
            Statistic = constant ? error : z,
            Term = constant ? "constant series broken" : Term,
        };
    }
}
