using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Spectral residual: of the window's spectrum every amplitude is divided by its neighbours' geometric mean, so what is regular levels out; back in time, what
/// remains large is salient. Behind the last sample stand five that were extrapolated from those
/// before it, so that it is judged amid a window, where the method sees best.
/// <code>
/// X'(f) = X(f) / (|X(f−2)|·|X(f−1)|·|X(f+1)|·|X(f+2)|)^¼        S = |inverse transform of X'|
/// figure = (S(last) − mean of S before) / mean        score = −log10 p(figure) / 10, p learnt (LearntTail)
/// </code>
/// Odd if the score reaches the threshold and the value is off its extrapolation by more than one in a hundred samples were. Dividing by a geometric mean is
/// the exponential of log-amplitude less its mean, from square roots alone; the source includes the middle one and takes three.
/// Weakness: gradual changes; a window of pure noise has peaks too. Source: Ren et al., KDD 2019. About 3 µs a sample, 2 KB a series.
/// </summary>
internal sealed class SpectralResidualDetector : Detector
{
    public const string Id = "spectral_residual";

    private const int Size = 128;

    /// <summary>Extrapolated samples behind the last, and those their slope comes from; both as in the source.</summary>
    private const int Ahead = 5;
    private const int Rows = Size - Ahead;

    /// <summary>Samples before the last that its saliency is compared with, as in the source.</summary>
    private const int Local = 21;

    private static readonly FourierTransform Fourier = new(Size);
    private static readonly int[] Reversed = [.. Enumerable.Range(0, Size).Select(Reverse)];

    private readonly double _threshold;
    private readonly int _minCount;
    private readonly double[] _rows = new double[Rows];
    private readonly LearntTail _saliency = new();
    private readonly LearntTail _errors = new();
    private int _seen;

    public SpectralResidualDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        // The score from which on a sample is odd: 0.4 is one in ten thousand.
        _threshold = parameters.Number("threshold", 0.4, 0.1, 1);
        // Saliencies it must have seen, after the first window.
        _minCount = parameters.Count("min_count", 100, 10, 100_000);
    }

    public override Score Observe(in Sample sample)
    {
        double value = Band.Hold(sample.Value);
        Score score = Score.WarmUp(value);
        if (_seen >= Rows)
        {
            double expected = Math.Clamp(Extrapolated(_rows), -Band.Largest, Band.Largest);
            Push(value);
            double figure = Figure(expected), error = Math.Abs(value - expected);
            if (_saliency.Count >= _minCount) score = Judge(value, expected, figure);
            _saliency.Learn(figure);
            _errors.Learn(error);
            return score;
        }

        Push(value);
        _seen++;
        return score;
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(_seen);
        writer.Doubles(_rows);
        _saliency.Save(writer);
        _errors.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _seen = reader.Int32();
        reader.Doubles(_rows);
        _saliency.Load(reader);
        _errors.Load(reader);
        foreach (double row in _rows)
            if (!(Math.Abs(row) <= Band.Largest)) throw new InvalidDataException("A value that no window holds.");
        if (_seen is < 0 or > Rows) throw new InvalidDataException("A count that cannot be.");
    }

    private static int Reverse(int number)
    {
        int reversed = 0;
        for (int bit = 1; bit < Size; bit <<= 1, number >>= 1) reversed = (reversed << 1) | (number & 1);
        return reversed;
    }

    /// <summary>What follows the rows: from the fifth last on by the mean slope from the earlier ones to the last.</summary>
    private static double Extrapolated(ReadOnlySpan<double> rows)
    {
        double last = rows[^1], slope = 0;
        for (int i = 1; i <= Ahead; i++) slope += ((last / Ahead) - (rows[^(i + 1)] / Ahead)) / i;
        return rows[^Ahead] + (slope * Ahead);
    }

    private void Push(double value)
    {
        Array.Copy(_rows, 1, _rows, 0, Rows - 1);
        _rows[^1] = value;
    }

    private double Figure(double expected)
    {
        Span<double> real = stackalloc double[Size], imaginary = stackalloc double[Size], amplitudes = stackalloc double[Size + 4];
        double least = _rows[0], greatest = least;
        foreach (double row in _rows) (least, greatest) = (Math.Min(least, row), Math.Max(greatest, row));
        double scale = 1 / (greatest - least);
        if (!double.IsFinite(scale) || Math.Abs((expected - least) * scale) > 1e6) return 0;
        for (int i = 0; i < Rows; i++) real[i] = (_rows[i] - least) * scale;
        real[Rows..].Fill((expected - least) * scale);
        imaginary.Clear();
        Fourier.There(real, imaginary);
        for (int f = 0; f < Size; f++)
        {
            int at = Reversed[f];
            // No amplitude is less than rounding leaves of the values.
            amplitudes[f + 2] = Math.Sqrt((real[at] * real[at]) + (imaginary[at] * imaginary[at])) + 1e-9;
        }

        (amplitudes[0], amplitudes[1], amplitudes[Size + 2], amplitudes[Size + 3]) = (amplitudes[Size], amplitudes[Size + 1], amplitudes[2], amplitudes[3]);
        for (int f = 0; f < Size; f++)
        {
            double usual = Math.Sqrt(Math.Sqrt(amplitudes[f] * amplitudes[f + 1]) * Math.Sqrt(amplitudes[f + 3] * amplitudes[f + 4]));
            int at = Reversed[f];
            (real[at], imaginary[at]) = (real[at] / usual, imaginary[at] / usual);
        }

        Fourier.Back(real, imaginary);
        double before = 0;
        for (int i = Rows - 1 - Local; i < Rows - 1; i++) before += Saliency(real, imaginary, i) / Local;
        return before > 0 ? Math.Max(0, (Saliency(real, imaginary, Rows - 1) - before) / before) : 0;
    }

    private static double Saliency(ReadOnlySpan<double> real, ReadOnlySpan<double> imaginary, int i) =>
        Math.Sqrt((real[i] * real[i]) + (imaginary[i] * imaginary[i]));

    private Score Judge(double value, double expected, double figure)
    {
        double score = figure > 0 ? Score.FromTailProbability(_saliency.Tail(figure)) : 0;
        Band band = Band.UpTo(expected, Math.Max(_errors.Reaches(0.01), Band.LeastChange(expected, 0)));
        return new Score
        {
            Value = score,
            Expected = expected,
            Lower = band.Lower,
            Upper = band.Upper,
            Anomalous = score >= _threshold && band.Excludes(value),
            Statistic = figure,
            Term = "saliency of the spectral residual",
        };
    }
}
