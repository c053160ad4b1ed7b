using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// What to draw: the prediction that erred least lately, and around it how far a sample may go before that prediction's channel would help to raise
/// an alarm. The reach is asked of the tails every 64th sample, at first every eighth; between, the last answer holds.
/// </summary>
internal sealed class AdaptiveBand
{
    private const int Every = 64;
    private const double ErrorShare = 0.02;

    /// <summary>Surprise at which a sample usually raises an alarm by itself: several channels then see it at once.</summary>
    private const double Level = 3;

    private static readonly int[] Channels = [AdaptiveChannels.Fast, AdaptiveChannels.Season, AdaptiveChannels.Season];

    private readonly double[] _errors = new double[3];
    private readonly int[] _judged = new int[3];
    private int _best;
    private long _seen;
    private double _below = double.PositiveInfinity;
    private double _above = double.PositiveInfinity;

    public (double Expected, double Lower, double Upper) At(AdaptiveChannels channels, TailBank tails, in AdaptiveConstant constant, double intervalMs, double value, double rate)
    {
        if (_seen % (_seen < Every ? 8 : Every) == 0) Refresh(tails, rate);
        double expected = Prediction(channels, _best);
        if (double.IsNaN(expected)) expected = Prediction(channels, 0);
        if (double.IsNaN(expected)) return (value, double.NegativeInfinity, double.PositiveInfinity);
        double away = constant.Limit(intervalMs), back = constant.LimitTowardsZero(intervalMs);
        if (double.IsInfinity(back)) return (expected, expected - _below, expected + _above);
        return constant.Level > 0 ? (constant.Level, constant.Level - back, constant.Level + away) : (constant.Level, constant.Level - away, constant.Level + back);
    }

    public void Learn(AdaptiveChannels channels, double value)
    {
        for (int i = 0; i < 3; i++)
        {
            double prediction = Prediction(channels, i);
            if (double.IsNaN(prediction)) continue;
            if (_judged[i] < int.MaxValue) _judged[i]++;
            _errors[i] += Math.Max(ErrorShare, 1.0 / _judged[i]) * (Math.Abs(value - prediction) - _errors[i]);
        }

        _seen++;
    }

    public void Save(StateWriter writer)
    {
        writer.Doubles(_errors);
        foreach (int judged in _judged) writer.Int32(judged);
        writer.Int32(_best);
        writer.Int64(_seen);
        writer.Double(_below);
        writer.Double(_above);
    }

    public void Load(StateReader reader)
    {
        reader.Doubles(_errors);
        for (int i = 0; i < _judged.Length; i++) _judged[i] = reader.Int32();
        _best = reader.Int32();
        if (_best is < 0 or > 2) throw new InvalidDataException("A prediction that does not exist.");
        _seen = reader.Int64();
        _below = reader.Double();
        _above = reader.Double();
    }

    private static double Prediction(AdaptiveChannels channels, int i) =>
        i switch { 0 => channels.Predictions.Fast, 1 => channels.Predictions.Season, _ => channels.Predictions.Today };

    private void Refresh(TailBank tails, double rate)
    {
        _best = 0;
        for (int i = 1; i < 3; i++)
            if (_judged[i] >= 50 && _errors[i] < _errors[_best]) _best = i;
        double level = Math.Max(1, Level + rate);
        _below = tails.Reach(Channels[_best], -1, level);
        _above = tails.Reach(Channels[_best], 1, level);
    }
}
