using Oddity.Detection.Statistics;

namespace Oddity.Detection.Detectors;

/// <summary>
/// Odd is what the usual directions of joint variation leave unexplained: the residual of an incremental principal component analysis
/// (<see cref="PrincipalSubspace"/>), value by value in its usual size, added up where it exceeds twice that. Of several values the row is the vector
/// (<see cref="ForVector"/>); of a single series it is the last <c>window</c> samples, so that shapes are what is unusual, not levels.
/// O(window·k) a sample, k ≤ 16 directions; some 6 KB at the default window.
/// Weakness: values all far off in the usual proportion; needs a few hundred samples; knows no time of day.
/// Source: J. E. Jackson, G. S. Mudholkar, Control procedures for residuals associated with principal component analysis (1979).
/// </summary>
internal sealed class PcaDetector : Detector
{
    public const string Id = "pca";

    /// <summary>Default of "alarm_at": one sample in 3,000.</summary>
    private const double AlarmAt = 0.35;

    /// <summary>Default of "window", samples.</summary>
    private const int Window = 8;

    private readonly VectorAdaptive _rows;
    private readonly double[] _recent;
    private int _held;

    public PcaDetector(DetectorParameters? parameters = null)
    {
        parameters ??= DetectorParameters.None;
        _recent = new double[parameters.Count("window", Window, 2, 64)];
        _rows = new(_recent.Length, Alarm(parameters), far: false) { Only = 0 };
    }

    /// <summary>The same for several values measured together.</summary>
    public static VectorDetector ForVector(int dimensions, DetectorParameters parameters)
    {
        parameters.Count("window", Window, 2, 64); // Known, and of no use here.
        return new VectorAdaptive(dimensions, Alarm(parameters), far: false);
    }

    public override Score Observe(in Sample sample)
    {
        // Newest first, so that the newest is the one that leads.
        Array.Copy(_recent, 0, _recent, 1, _recent.Length - 1);
        _recent[0] = Band.Hold(sample.Value);
        if (_held < _recent.Length) _held++;
        return _held < _recent.Length ? Score.WarmUp(_recent[0]) : _rows.Observe(sample.TimeMs, _recent);
    }

    public override void Save(StateWriter writer)
    {
        writer.Int32(_held);
        writer.Doubles(_recent);
        _rows.Save(writer);
    }

    public override void Load(StateReader reader)
    {
        _held = reader.Int32();
        reader.Doubles(_recent);
        bool possible = _held >= 0 && _held <= _recent.Length && Array.TrueForAll(_recent, value => Math.Abs(value) <= Band.Largest);
        if (!possible) throw new InvalidDataException("A window that cannot be.");
        _rows.Load(reader);
    }

    private static double Alarm(DetectorParameters parameters) => parameters.Number("alarm_at", AlarmAt, 0.2, 1);
}
