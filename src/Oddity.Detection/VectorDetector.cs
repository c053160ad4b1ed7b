namespace Oddity.Detection;

/// <summary>Watches several values measured at the same time, such as CPU, memory and disk of a machine. The same rules as <see cref="Detector"/>.</summary>
public abstract class VectorDetector
{
    /// <summary>Number of values in each row.</summary>
    public abstract int Dimensions { get; }

    /// <summary>Scores the row, then learns it. <see cref="Score.Expected"/> and the band belong to the dimension in <see cref="Leading"/>.</summary>
    /// <param name="timeMs">Event time, milliseconds since 1970-01-01 UTC.</param>
    /// <param name="values"><see cref="Dimensions"/> finite values.</param>
    public abstract Score Observe(long timeMs, ReadOnlySpan<double> values);

    /// <summary>The dimension that contributed most to the last score.</summary>
    public abstract int Leading { get; }

    public abstract void Save(StateWriter writer);

    public abstract void Load(StateReader reader);
}
