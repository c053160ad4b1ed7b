using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// The default. Looks at a series in fourteen simple ways at once (<see cref="AdaptiveChannels"/>), asks for each how rare such a deviation was so
/// far (<see cref="TailBank"/>), and adds up what exceeds the everyday:
/// <code>
/// total = Σ over channels  min( max( −log10 p − offset − rate, 0 ), 3 )
/// </code>
/// where rate corrects for the sampling interval, so that a series sampled every 3 s alarms as rarely a day as one sampled every minute. An alarm
/// needs a total of <see cref="AlarmAt"/> that also exceeds the totals just before it (refractory period), so a long disturbance is one
/// alarm, and a worse one inside it another. See docs/detectors/adaptive.md.
/// </summary>
internal sealed class AdaptiveDetector : Detector
{
    public const string Id = "adaptive";
    public const string Broken = "constant series broken";

    /// <summary>Surprise that every healthy series shows daily: −log10 p up to here counts nothing.</summary>
    private const double Offset = 2.5;

    /// <summary>Most that one channel adds: no single view decides alone.</summary>
    private const double MostPerChannel = 3;

    /// <summary>Default of the parameter "alarm_at".</summary>
    private const double AlarmAt = 5;

    /// <summary>Samples before one that its total must exceed.</summary>
    private const int Refractory = 10;

    /// <summary>
    /// Nothing is reported before the value has changed so often and so much time has passed, but for the rule of the broken constant. Changes, not
    /// samples: of a series that bursts once an hour, a day of zeros says nothing about the size of a burst.
    /// </summary>
    private const int WarmUpChanges = 32;

    private const long WarmUpMs = 120_000;

    /// <summary>History of the tails: three days, but no less than 8,000 samples.</summary>
    private const double HistoryMs = 3 * 86_400_000.0;

    /// <summary>Values beyond are held there so that no difference overflows.</summary>
    private const double Largest = 1e150;

    private readonly double _alarmAt;
    private readonly AdaptiveChannels _channels = new();
    private readonly TailBank _tails = new(AdaptiveChannels.Count);
    private readonly float[] _surprises = new float[AdaptiveChannels.Count];
    private readonly float[] _totals = new float[Refractory];
    private readonly AdaptiveBand _band = new();
    private AdaptiveCadence _cadence;
    private AdaptiveConstant _constant;
    private long _seen;
    private long _changes;
    private double _last;
    private double _severity;

    public AdaptiveDetector(DetectorParameters? parameters = null) =>
        _alarmAt = (parameters ?? DetectorParameters.None).Number("alarm_at", AlarmAt, 0.1, 42);

    /// <summary>−log10 p of each channel for the last sample; for the bench.</summary>
    internal ReadOnlySpan<float> Surprises => _surprises;

    public override Score Observe(in Sample sample)
    {
        double value = Math.Clamp(sample.Value, -Largest, Largest);
        _cadence.Learn(sample.TimeMs);
        if (_seen % 256 == 0) _tails.Memory = (int)Math.Clamp(HistoryMs / Math.Max(1, _cadence.IntervalMs), 8_000, 60_000);

        _channels.Look(sample.TimeMs, value);
        double rate = Rate();
        (double total, int leading) = Weigh(rate);
        Score score = Judge(value, total, leading, rate);
        Learn(sample.TimeMs, value, total);
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int64(_seen);
        writer.Int64(_changes);
        writer.Double(_last);
        writer.Double(_severity);
        foreach (float total in _totals) writer.Single(total);
        _cadence.Save(writer);
        _constant.Save(writer);
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
        for (int i = 0; i < Refractory; i++) _totals[i] = reader.Single();
        _cadence.Load(reader);
        _constant.Load(reader);
        _band.Load(reader);
        _channels.Load(reader);
        _tails.Load(reader);
    }

    /// <summary>Rarer by the full rate where samples come faster than one a minute; three quarters of it where slower (an hour's row is not sixty tries).</summary>
    private double Rate()
    {
        double rate = _cadence.LogRate;
        return rate > 0 ? rate : 0.75 * rate;
    }

    private (double Total, int Leading) Weigh(double rate)
    {
        ReadOnlySpan<double> deviations = _channels.Deviations;
        ReadOnlySpan<bool> known = _channels.Known;
        double total = 0, most = 0;
        int leading = 0;
        for (int channel = 0; channel < AdaptiveChannels.Count; channel++)
        {
            double surprise = known[channel] ? _tails.Surprise(channel, deviations[channel]) : 0;
            _surprises[channel] = (float)surprise;
            double beyond = surprise - Offset - rate;
            if (beyond <= 0 || surprise <= 0) continue;
            total += Math.Min(beyond, MostPerChannel);
            if (beyond > most) (most, leading) = (beyond, channel);
        }

        return (total, leading);
    }

    private Score Judge(double value, double total, int leading, double rate)
    {
        bool warm = _changes >= WarmUpChanges && _cadence.ElapsedMs >= WarmUpMs;
        bool broken = _constant.BrokenBy(value);
        double calm = 0;
        foreach (float earlier in _totals) calm = Math.Max(calm, earlier);
        bool fires = (float)total > calm;
        bool anomalous = broken || (warm && fires && total >= _alarmAt);

        double scale = broken ? Math.Max(_constant.Value, ToScale(total)) : warm ? ToScale(total) : 0;
        _severity = Math.Max(scale, 0.95 * _severity);
        (double expected, double lower, double upper) = _band.At(_channels, _tails, _constant, value, Offset + rate + 1);
        if (!anomalous && !(fires is false && total >= _alarmAt)) (lower, upper) = (Math.Min(lower, value), Math.Max(upper, value));
        return new Score
        {
            Value = broken || fires ? scale : Math.Min(scale, 0.2),
            Severity = _severity,
            Expected = expected,
            Lower = lower,
            Upper = upper,
            Anomalous = anomalous,
            WarmingUp = !warm,
            Statistic = broken ? value - _constant.Level : total,
            Term = broken ? Broken : AdaptiveChannels.Terms[leading],
        };
    }

    private void Learn(long timeMs, double value, double total)
    {
        ReadOnlySpan<double> deviations = _channels.Deviations;
        ReadOnlySpan<bool> known = _channels.Known;
        // The first means are too young to deviate from.
        if (_seen > 4)
        {
            for (int channel = 0; channel < AdaptiveChannels.Count; channel++)
                if (known[channel]) _tails.Learn(channel, deviations[channel]);
        }

        _band.Learn(_channels, value);
        _channels.Learn(timeMs, value);
        _constant.Learn(value);
        if (value != _last) _changes++;
        _last = value;
        _totals[_seen % Refractory] = (float)total;
        _seen++;
    }

    /// <summary>From totals to the shared scale: straight lines, measured on unlabelled rows (docs/quality.md).</summary>
    private static double ToScale(double total) => total <= 0 ? 0 : Math.Min(1, 0.3 + (0.0165 * total));
}
