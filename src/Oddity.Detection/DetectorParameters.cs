using System.Globalization;

namespace Oddity.Detection;

/// <summary>
/// A detector's settings as text by name, and every mistake found while reading them. Detectors read each of their parameters once, so a name
/// nobody read is a mistake too (<see cref="Mistakes"/>).
/// </summary>
public sealed class DetectorParameters
{
    private readonly SortedDictionary<string, string> _values;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<string> _mistakes = [];
    private readonly List<(string Prefix, DetectorParameters Of)> _parts = [];

    public DetectorParameters(IEnumerable<KeyValuePair<string, string>>? values = null)
    {
        _values = new(StringComparer.Ordinal);
        foreach ((string name, string value) in values ?? []) _values[name] = value;
    }

    public static DetectorParameters None => new();

    /// <summary>The parameters that were set, in name order; what a configuration stands for in an id or an explanation.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>What is wrong, each line starting with its name: out of range, not a number, unknown. Complete only after a detector was made from these.</summary>
    public IEnumerable<string> Mistakes =>
        _mistakes
            .Concat(_values.Keys.Where(name => !_read.Contains(name)).Select(name => $"{name}: unknown parameter"))
            .Concat(_parts.SelectMany(part => part.Of.Mistakes.Select(mistake => part.Prefix + mistake)));

    /// <summary>A number within [min, max]; the default where it is not set or wrong.</summary>
    public double Number(string name, double byDefault, double min = double.MinValue, double max = double.MaxValue)
    {
        _read.Add(name);
        if (!_values.TryGetValue(name, out string? text)) return byDefault;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max) return value;
        _mistakes.Add(FormattableString.Invariant($"{name}: '{text}' is not a number from {min} to {max}"));
        return byDefault;
    }

    public int Count(string name, int byDefault, int min, int max)
    {
        double value = Number(name, byDefault, min, max);
        if (value == Math.Floor(value)) return (int)value;
        _mistakes.Add($"{name}: '{_values[name]}' is not a whole number");
        return byDefault;
    }

    public bool Flag(string name, bool byDefault)
    {
        _read.Add(name);
        if (!_values.TryGetValue(name, out string? text)) return byDefault;
        if (bool.TryParse(text, out bool value)) return value;
        _mistakes.Add($"{name}: '{text}' is neither true nor false");
        return byDefault;
    }

    /// <summary>A text, for parameters with a syntax of their own; null where it is not set.</summary>
    public string? Text(string name)
    {
        _read.Add(name);
        return _values.GetValueOrDefault(name);
    }

    /// <summary>The parameters of a part, such as a member of an ensemble: those named "part.name", under "name". Their mistakes are mistakes here too.</summary>
    public DetectorParameters Part(string part)
    {
        string prefix = part + ".";
        string[] names = [.. _values.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        _read.UnionWith(names);
        var own = new DetectorParameters(names.Select(name => KeyValuePair.Create(name[prefix.Length..], _values[name])));
        _parts.Add((prefix, own));
        return own;
    }

    /// <summary>Adds a mistake that a detector found in a text of its own syntax.</summary>
    public void Mistake(string name, string what) => _mistakes.Add($"{name}: {what}");
}
