using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The default. Looks at a series in eleven simple ways at once (<see cref="AdaptiveChannels"/>), asks for each how rare such a deviation was so far
/// (<see cref="TailBank"/>), and adds up what exceeds the everyday:
/// <code>
/// total = Σ over channels  weight · min( max( −log10 p − offset − rate, 0 ), 4 )  +  habit
/// </code>
/// where rate corrects for the sampling interval, so that a series sampled every 3 s alarms as rarely a day as one sampled every minute, and habit for
/// how often the series had such totals before (<see cref="AdaptiveHabit"/>). An alarm needs a total of <see cref="AlarmAt"/> that also exceeds the
/// totals just before it (refractory period): a long disturbance is one alarm, and a worse one inside it another. See docs/detectors/adaptive.md.
/// </summary>
internal sealed class AdaptiveDetector : Detector
{
    public const string Id = "adaptive";
    public const string Broken = "constant series broken";
    public const string Beyond = "beyond anything seen";

    /// <summary>Default of the parameter "alarm_at": the total that raises an alarm.</summary>
    private const double AlarmAt = 5.5;

    /// <summary>Most that one channel adds before its weight: no single view decides alone.</summary>
    private const double MostPerChannel = 4;

    /// <summary>Samples before one that its total must exceed.</summary>
    private const int Refractory = 8;

    /// <summary>Samples after which a deviation is learnt.</summary>
    private const int Delay = 10;

    /// <summary>Rarity (log10 of samples an alarm-like total) at which habit neither adds nor takes: one in 3,000, two days at one a minute.</summary>
    private const double NeutralRarity = 3.5;

    /// <summary>Where samples are rarer than one a minute, the share of log10(rate) that counts: an hour's row sums up more than one try.</summary>
    private const double SlowShare = 0.65;

    /// <summary>
    /// Nothing is reported before the value has changed so often and so much time has passed, but for the rule of the broken constant. Changes, not
    /// samples: of a series that bursts once an hour, a day of zeros says nothing about the size of a burst.
    /// </summary>
    private const int WarmUpChanges = 32;

    private const long WarmUpMs = 100_000;

    /// <summary>History of the tails: three days, but 4,000 to 60,000 samples.</summary>
    private const double HistoryMs = 3 * 86_400_000.0;

    /// <summary>Samples for which the severity stays up, and the share that then stays from one to the next: half after nine.</summary>
    private const int Holding = 5;

    private const double Fading = 0.93;

    /// <summary>Where samples are more frequent than one a minute, an alarm's total is remembered for about so many minutes, and the next must be larger by this share of the rate.</summary>
    private const double CalmMinutes = 3;

    private const double LargerByRate = 0.5;

    /// <summary>
    /// What the total must be larger for each unit of rate. Samples of a few seconds show single bursts that a minute's mean hides: healthy ones, mostly.
    /// </summary>
    private const double CautionByRate = 1.5;

    /// <summary>What a sample beyond anything seen is worth on the scale of <see cref="Score.Value"/>: just an alarm.</summary>
    private const double BeyondValue = 0.45;

    /// <summary>Most that a sample in the shadow of a larger one before it shows as <see cref="Score.Value"/>; its severity stays.</summary>
    private const double Suppressed = 0.2;

    /// <summary>Values beyond are held there so that no square overflows.</summary>
    private const double Largest = 1e150;

    private readonly double _alarmAt;
    private readonly AdaptiveChannels _channels = new();
    private readonly TailBank _tails = new(AdaptiveChannels.Count);
    private readonly AdaptiveHabit _habit = new();
    private readonly AdaptiveBand _band = new();
    private readonly float[] _totals = new float[Refractory];
    private readonly float[] _waiting = new float[Delay * AdaptiveChannels.Count];
    private AdaptiveCadence _cadence;
    private AdaptiveQuiet _quiet;
    private AdaptiveConstant _constant;
    private AdaptiveRange _range;
    private long _seen;
    private long _changes;
    private double _last;
    private double _severity;
    private double _calm;
    private int _held;

    public AdaptiveDetector(DetectorParameters? parameters = null)
    {
        _alarmAt = (parameters ?? DetectorParameters.None).Number("alarm_at", AlarmAt, 0.1, 40);
        Array.Fill(_waiting, float.NaN);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Math.Clamp(sample.Value, -Largest, Largest);
        _tails.Fetch();
        _channels.Fetch(sample.TimeMs);
        Ahead.Fetch(ref _waiting[(_seen % Delay) * AdaptiveChannels.Count]);
        _cadence.Learn(sample.TimeMs);
        if (_seen % 256 == 0) _tails.Memory = (int)Math.Clamp(HistoryMs / Math.Max(1, _cadence.IntervalMs), 4_000, 60_000);
        double rate = _cadence.LogRate * (_cadence.LogRate > 0 ? 1 : SlowShare);

        Span<double> deviations = stackalloc double[AdaptiveChannels.Count];
        _channels.Look(value, deviations);
        (double sum, int leading) = Weigh(rate, deviations);
        bool rises = sum > 0 && (float)sum > Recent() && sum > Calm(rate);
        double total = sum <= 0 ? 0 : Math.Max(0, sum + Habit(sum, Math.Max(0, rate)));
        Score score = Judge(value, sum, total, rises, leading, rate);
        Learn(sample.TimeMs, value, sum, rises, deviations);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(_seen);
        writer.Int64(_changes);
        writer.Double(_last);
        writer.Double(_severity);
        writer.Double(_calm);
        writer.Int32(_held);
        foreach (float total in _totals) writer.Single(total);
        foreach (float waiting in _waiting) writer.Single(waiting);
        _quiet.Save(writer);
        _cadence.Save(writer);
        _constant.Save(writer);
        _range.Save(writer);
        _habit.Save(writer);
        _band.Save(writer);
        _channels.Save(writer);
        _tails.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _seen = reader.Int64();
        if (_seen < 0) throw new InvalidDataException("A negative count.");
        _changes = reader.Int64();
        _last = reader.Double();
        _severity = reader.Double();
        _calm = reader.Double();
        _held = reader.Int32();
        for (int i = 0; i < Refractory; i++) _totals[i] = reader.Single();
        for (int i = 0; i < _waiting.Length; i++) _waiting[i] = reader.Single();
        _quiet.Load(reader);
        _cadence.Load(reader);
        _constant.Load(reader);
        _range.Load(reader);
        _habit.Load(reader);
        _band.Load(reader);
        _channels.Load(reader);
        _tails.Load(reader);
    }

    private (double Sum, int Leading) Weigh(double rate, Span<double> deviations)
    {
        double sum = 0, most = 0;
        int leading = 0;
        for (int channel = 0; channel < AdaptiveChannels.Count; channel++)
        {
            double surprise = double.IsNaN(deviations[channel]) ? 0 : _tails.Surprise(channel, deviations[channel]);
            if (channel == AdaptiveChannels.Unexplained) _channels.LookAtDensity(surprise, deviations);
            if (surprise <= 0) continue;
            double counts = AdaptiveChannels.Weights[channel] * Math.Min(surprise - Math.Max(0.5, AdaptiveChannels.Offsets[channel] + rate), MostPerChannel);
            if (counts <= 0) continue;
            sum += counts;
            if (counts > most) (most, leading) = (counts, channel);
        }

        return (sum, leading);
    }

    /// <summary>
    /// What the series' habits add or take. It counts for more where samples are frequent: a machine's burst every hour is healthy, and rare a sample.
    /// </summary>
    private double Habit(double sum, double rate) => ((1 + rate) * (_habit.Rarity(sum) - rate - NeutralRarity)) - (CautionByRate * rate);

    private float Recent()
    {
        float most = 0;
        foreach (float earlier in _totals) most = Math.Max(most, earlier);
        return most;
    }

    /// <summary>Total that a frequent series must exceed because of its last alarm; 0 at one sample a minute and slower.</summary>
    private double Calm(double rate)
    {
        if (rate <= 0 || _calm == 0) return 0;
        _calm *= 1 - (1 / (1 + (CalmMinutes * Elementary.Pow(10, rate))));
        return _calm < 0.01 ? _calm = 0 : _calm * (1 + (LargerByRate * rate));
    }

    private Score Judge(double value, double sum, double total, bool rises, int leading, double rate)
    {
        bool warm = _changes >= WarmUpChanges && _cadence.ElapsedMs >= WarmUpMs;
        bool broken = _constant.BrokenBy(value, _cadence.IntervalMs);
        bool beyond = !broken && warm && _range.LeftBy(value);
        bool odd = warm && total >= _alarmAt;
        rises &= !_quiet.Covers(sum, _cadence.IntervalMs);
        double scale = Math.Max(broken ? _constant.Value : beyond ? BeyondValue : 0, warm ? ToScale(total) : 0);
        if (scale >= _severity) (_severity, _held) = (scale, 0);
        else if (++_held > Holding) _severity = Math.Max(scale, Fading * _severity);
        (double expected, double lower, double upper) = _band.At(_channels, _tails, _constant, _cadence.IntervalMs, value, rate);
        bool alarm = broken || beyond || (odd && rises);
        _quiet.Learn(odd && rises, sum);
        if (!odd && !broken && !beyond) (lower, upper) = (Math.Min(lower, value), Math.Max(upper, value));
        return new Score
        {
            Value = broken || beyond || rises ? scale : Math.Min(scale, Suppressed),
            Severity = _severity,
            Expected = expected,
            Lower = lower,
            Upper = upper,
            Anomalous = alarm,
            WarmingUp = !warm,
            Statistic = broken ? value - _constant.Level : total,
            Term = broken ? Broken : beyond && !(odd && rises) ? Beyond : AdaptiveChannels.Terms[leading],
        };
    }

    private void Learn(long timeMs, double value, double sum, bool rises, ReadOnlySpan<double> deviations)
    {
        // The first means are too young to deviate from.
        if (_seen > 4)
        {
            Span<float> waiting = _waiting.AsSpan((int)(_seen % Delay) * AdaptiveChannels.Count, AdaptiveChannels.Count);
            for (int channel = 0; channel < AdaptiveChannels.Count; channel++)
            {
                // What was seen Delay samples ago is learnt now: an odd stretch must not become normal while it grows.
                ref float one = ref waiting[channel];
                if (!float.IsNaN(one)) _tails.Learn(channel, one);
                one = (float)Math.Clamp(deviations[channel], -float.MaxValue, float.MaxValue);
            }
        }

        if (rises) _calm = Math.Max(_calm, sum);
        _habit.Learn(rises ? sum : 0);
        _band.Learn(_channels, value);
        _channels.Learn(timeMs, value);
        _constant.Learn(value);
        _range.Learn(value);
        if (_seen > 0 && value != _last) _changes++;
        _last = value;
        _totals[_seen % Refractory] = (float)sum;
        _seen++;
    }

    /// <summary>
    /// From totals to the shared scale: at one sample a minute, rows outside labels exceed a total t about once in 10^(2.2 + 0.3 t) (docs/quality.md).
    /// </summary>
    private static double ToScale(double total) => total <= 0 ? 0 : Math.Min(1, 0.22 + (0.03 * total));
}
