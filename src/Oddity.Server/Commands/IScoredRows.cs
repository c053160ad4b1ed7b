using Oddity.Connectors.Sources.Files;
using Oddity.Detection;

namespace Oddity.Server.Commands;

/// <summary>Takes the rows of a file in their order, one call for each row in: <see cref="ScoreWriter"/> writes them, <see cref="LabelledRows"/> keeps them to be judged.</summary>
internal interface IScoredRows
{
    /// <summary>A row that was scored.</summary>
    /// <param name="row">The input's row.</param>
    /// <param name="value">Its value; of a vector the one that stands out.</param>
    /// <param name="score">What the detector makes of it.</param>
    /// <param name="odd">Whether it belongs to an anomaly.</param>
    /// <param name="dimension">Of a vector the column that stands out, from 0; null for a single value.</param>
    void Write(SeriesRow row, double value, in Score score, bool odd, int? dimension);

    /// <summary>A row of a series that nothing watches.</summary>
    void WriteUnwatched(SeriesRow row);

    /// <summary>A row that can't be read: not odd, and the reason says what is wrong.</summary>
    void WriteBad(SeriesRow row);
}
