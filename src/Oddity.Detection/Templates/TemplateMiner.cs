namespace Oddity.Detection.Templates;

/// <summary>
/// Finds the templates of log lines as they stream by: <c>Failed password for root from 10.0.0.1</c> and the same for another user and address are one,
/// <c>Failed password for &lt;*&gt; from &lt;*&gt;</c>. There is nothing to set for a system; the same lines give the same templates. A known line costs one
/// pass over it and one look-up, and allocates nothing.
/// </summary>
/// <remarks>
/// A line is cut into words, signs and variables (<see cref="LineScanner"/>) and normalised (<see cref="LineShape"/>); what is left constant is its shape.
/// Shapes that differ in one place become one template when that place has shown to be a variable (<see cref="ShapeSiblings"/>). Weak where a variable is one
/// of a few plain words, or several words. Shapes are told apart by 64-bit hashes: among a million, two fall together by chance with a
/// probability of 3·10⁻⁸. Not for use by two threads.
/// </remarks>
public sealed class TemplateMiner
{
    /// <summary>Shapes that are remembered unless said otherwise; a noisy service has some hundreds.</summary>
    public const int DefaultMaxShapes = 10_000;

    private readonly int _maxShapes;
    private readonly LineScanner _scanner = new();
    private readonly LineShape _shape = new();
    private readonly Dictionary<ulong, LogShape> _shapes = [];
    private readonly Dictionary<ulong, ShapeSiblings> _siblings = [];
    private readonly Dictionary<ulong, List<LogShape>> _otherForms = [];
    private long _lines;
    private long _templates;

    /// <param name="maxShapes">Most forms of lines that are remembered, 16 or more; beyond, those not seen for longest are forgotten.</param>
    public TemplateMiner(int maxShapes = DefaultMaxShapes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShapes, 16);
        _maxShapes = maxShapes;
    }

    /// <summary>Forms of lines that are remembered now.</summary>
    public int Shapes => _shapes.Count;

    /// <summary>
    /// The template of a line, which learns from it. Of a line longer than 8,192 characters the rest is not looked at. Later lines may make the template part
    /// of an older one: then <see cref="LogTemplate.Current"/> is that.
    /// </summary>
    public LogTemplate Learn(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<LogToken> tokens = _shape.Normalise(_scanner.Scan(line));
        ulong hash = LogShape.HashOf(tokens);
        if (!_shapes.TryGetValue(hash, out LogShape? shape)) shape = Add(hash, line, tokens);
        shape.LastSeen = ++_lines;
        LogTemplate template = shape.Template.Current;
        template.Lines++;
        return template;
    }

    /// <summary>The template of a line if it is known; learns nothing.</summary>
    public LogTemplate? Find(ReadOnlySpan<char> line) =>
        _shapes.TryGetValue(LogShape.HashOf(_shape.Normalise(_scanner.Scan(line))), out LogShape? shape) ? shape.Template.Current : null;

    /// <summary>The templates that stand for themselves, in the order they were first seen.</summary>
    public IReadOnlyList<LogTemplate> Templates => [.. _shapes.Values.Select(shape => shape.Template.Current).Distinct().OrderBy(template => template.Number)];

    /// <summary>Saves what is known, without tags.</summary>
    public void Save(StateWriter writer)
    {
        writer.Int64(_lines);
        writer.Int64(_templates);
        LogTemplate[] templates = [.. _shapes.Values.SelectMany(shape => new[] { shape.Template, shape.Template.Current }).Distinct().OrderBy(template => template.Number)];
        writer.Int32(templates.Length);
        foreach (LogTemplate template in templates) template.Save(writer);
        writer.Int32(_shapes.Count);
        foreach (LogShape shape in _shapes.Values.OrderBy(shape => shape.Template.Number)) shape.Save(writer);
    }

    /// <summary>Makes a miner that goes on where another was saved.</summary>
    /// <exception cref="InvalidDataException">What was saved is not that.</exception>
    public static TemplateMiner Load(StateReader reader, int maxShapes = DefaultMaxShapes)
    {
        var miner = new TemplateMiner(maxShapes) { _lines = reader.Int64(), _templates = reader.Int64() };
        var templates = new Dictionary<long, (LogTemplate Template, long Into)>();
        for (int left = reader.Count(32); left > 0; left--)
        {
            (LogTemplate template, long into) = LogTemplate.Load(reader);
            templates[template.Number] = (template, into);
        }

        foreach ((LogTemplate template, long into) in templates.Values)
        {
            if (into < template.Number && templates.TryGetValue(into, out (LogTemplate Template, long Into) older)) template.Join(older.Template);
        }

        for (int left = reader.Count(20); left > 0; left--)
        {
            (LogShape shape, long number) = LogShape.Load(reader);
            if (!templates.TryGetValue(number, out (LogTemplate Template, long Into) own)) throw new InvalidDataException("A shape of no template.");
            shape.Template = own.Template;
            if (miner._shapes.TryAdd(shape.Hash, shape)) miner.Relate(shape);
        }

        return miner;
    }

    private LogShape Add(ulong hash, ReadOnlySpan<char> line, ReadOnlySpan<LogToken> tokens)
    {
        if (_shapes.Count >= _maxShapes) Forget();
        var shape = new LogShape(hash, line, tokens);
        shape.Template = new(_templates++, hash, shape.Texts, shape.Hashes, shape.Glued);
        _shapes.Add(hash, shape);
        Relate(shape);
        return shape;
    }

    /// <summary>Compares a shape with all others; unites its template with those that turn out to be the same.</summary>
    private void Relate(LogShape shape)
    {
        ulong hash = shape.Hash;
        foreach (LogShape other in _otherForms.GetValueOrDefault(hash, [])) LogTemplate.Unite(other.Template, shape.Template);
        AddForm(shape.HashOfCalls(), shape);
        AddForm(shape.HashOfDotted(), shape);
        ulong[] without = shape.HashesWithout();
        for (int i = 0; i < without.Length; i++)
        {
            if (shape.Kinds[i] == TokenKind.Sign) continue;
            if (!_siblings.TryGetValue(without[i], out ShapeSiblings? siblings)) _siblings.Add(without[i], siblings = new(i));
            siblings.Add(shape);
        }
    }

    /// <summary>Another way to read a shape: it is united with the one that has that form, now or later.</summary>
    private void AddForm(ulong form, LogShape shape)
    {
        if (form == 0) return;
        if (_shapes.TryGetValue(form, out LogShape? same)) LogTemplate.Unite(same.Template, shape.Template);
        if (!_otherForms.TryGetValue(form, out List<LogShape>? shapes)) _otherForms.Add(form, shapes = []);
        shapes.Add(shape);
    }

    /// <summary>Forgets the eighth of the shapes that was not seen for longest.</summary>
    private void Forget()
    {
        foreach (LogShape old in _shapes.Values.OrderBy(shape => shape.LastSeen).Take(Math.Max(1, _maxShapes / 8)).ToList())
        {
            _shapes.Remove(old.Hash);
            foreach (ulong form in (ReadOnlySpan<ulong>)[old.HashOfCalls(), old.HashOfDotted()])
            {
                if (_otherForms.TryGetValue(form, out List<LogShape>? shapes) && shapes.Remove(old) && shapes.Count == 0) _otherForms.Remove(form);
            }

            foreach (ulong key in old.HashesWithout())
            {
                if (!_siblings.TryGetValue(key, out ShapeSiblings? siblings)) continue;
                siblings.Remove(old);
                if (siblings.IsEmpty) _siblings.Remove(key);
            }
        }
    }
}
