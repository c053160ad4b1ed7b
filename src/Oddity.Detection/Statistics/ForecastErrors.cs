namespace Oddity.Detection.Statistics;

/// <summary>
/// How far a model's forecasts were off, whatever their noise (<see cref="LearntTail"/>). Errors beyond the reach that follow each other are one disturbance, not so many
/// witnesses that errors are large: the first few count, and all of them once it has lasted so long that it is how things are now.
/// </summary>
internal sealed class ForecastErrors
{
    /// <summary>Errors it needs before it can be relied on.</summary>
    public const int Enough = 60;

    private const int First = 3, Lasting = 60;

    private readonly LearntTail _tail = new();
    private int _run;

    public int Seen => _tail.Count;

    /// <summary>The size beyond which only this share of the errors is; 0 where nearly all were 0.</summary>
    public double Reach(double share) => _tail.Reaches(share);

    /// <summary>The share of errors as large or larger.</summary>
    public double Tail(double error) => _tail.Tail(Math.Abs(error));

    /// <param name="error">Forecast less value.</param>
    /// <param name="least">An error up to this is none.</param>
    /// <param name="beyond">Whether it was beyond the reach.</param>
    public void Learn(double error, double least, bool beyond)
    {
        _run = beyond ? Math.Min(_run + 1, Lasting + 1) : 0;
        if (_run is > First and <= Lasting && Seen >= Enough) return;
        double size = Math.Abs(error);
        _tail.Learn(size > least ? size : 0);
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(_run);
        _tail.Save(writer);
    }

    public void Load(StateReader reader)
    {
        _run = reader.Int32();
        if (_run is < 0 or > Lasting + 1) throw new InvalidDataException("A run that cannot be.");
        _tail.Load(reader);
    }
}
