using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>
/// The note beside a committed offset: up to where each worker of the group has ever committed in that partition. From it a worker that comes back learns
/// whether what it had in hand became its own.
/// </summary>
/// <remarks>The note of the last commit replaces the one before, so each carries on what it found. 128 workers take under 4,096 bytes, which is what a broker allows.</remarks>
internal sealed class KafkaOwners
{
    private const string Mark = "oddity1";
    private const int MostWorkers = 128;

    private readonly Dictionary<string, long> _ends = new(StringComparer.Ordinal);

    /// <summary>Reads a note.</summary>
    /// <param name="note">As it was committed; empty, or anything else, if another program did.</param>
    public KafkaOwners(string note)
    {
        string[] parts = note.Split(' ');
        IsOurs = parts[0] == Mark;
        if (!IsOurs) return;
        foreach (string part in parts.Skip(1))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            if (at > 0 && long.TryParse(part.AsSpan(at + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long end)) _ends[part[..at]] = end;
        }
    }

    /// <summary>Whether a worker wrote the note, not a tool that set the group's offsets.</summary>
    public bool IsOurs { get; }

    /// <summary>Whether the worker has committed up to there.</summary>
    public bool Reached(string worker, long end) => _ends.TryGetValue(worker, out long reached) && reached >= end;

    /// <summary>The note for a commit of a worker; of more than 128 workers, those who are furthest behind are forgotten.</summary>
    public string With(string worker, long end)
    {
        var text = new StringBuilder(Mark);
        Write(worker, end);
        foreach ((string name, long reached) in _ends.Where(entry => entry.Key != worker).OrderByDescending(entry => entry.Value).Take(MostWorkers - 1)) Write(name, reached);
        return text.ToString();

        void Write(string name, long reached) => text.Append(CultureInfo.InvariantCulture, $" {name}={reached:x}");
    }

    /// <summary>Notes what was committed.</summary>
    public void Set(string worker, long end) => _ends[worker] = end;
}
