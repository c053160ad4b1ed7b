using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>The last samples of a series: the evidence of an anomaly, and what the witnesses look at. Grows to <see cref="Capacity"/>, then turns over.</summary>
internal sealed class RecentWindow
{
    public const int Capacity = 64;

    private Sample[] _ring = [];
    private int _next;

    public int Count { get; private set; }

    public void Add(in Sample sample)
    {
        if (Count == _ring.Length && Count < Capacity) Array.Resize(ref _ring, Math.Max(8, Count * 2));
        _ring[_next] = sample;
        _next = (_next + 1) % Capacity;
        if (Count < Capacity) Count++;
    }

    /// <summary>A copy, oldest first.</summary>
    public Sample[] ToArray()
    {
        var samples = new Sample[Count];
        for (int i = 0; i < Count; i++) samples[i] = _ring[Count < Capacity ? i : (_next + i) % Capacity];
        return samples;
    }

    public void Save(StateWriter writer)
    {
        writer.Int32(Count);
        foreach (Sample sample in ToArray())
        {
            writer.Int64(sample.TimeMs);
            writer.Double(sample.Value);
        }
    }

    public void Load(StateReader reader)
    {
        int count = reader.Count(16);
        if (count > Capacity) throw new InvalidDataException("A window longer than any.");
        for (int i = 0; i < count; i++) Add(new(reader.Int64(), reader.Double()));
    }
}
