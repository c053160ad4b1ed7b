using System.Globalization;
using System.Text;

namespace Oddity.Detection.Templates;

/// <summary>
/// Lines that say the same about different things. Two templates may turn out to be one: then the younger one's <see cref="Current"/> is the older,
/// whose id stays.
/// </summary>
public sealed class LogTemplate
{
    private readonly string[] _texts;
    private readonly ulong[] _hashes;
    private readonly bool[] _glued;
    private LogTemplate? _into;
    private string? _text;

    internal LogTemplate(long number, ulong id, string[] texts, ulong[] hashes, bool[] glued)
    {
        (Number, _texts, _hashes, _glued) = (number, (string[])texts.Clone(), (ulong[])hashes.Clone(), glued);
        Id = id.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>16 hexadecimal digits, derived from the constant parts of the first line: the same in every run over the same lines.</summary>
    public string Id { get; }

    /// <summary>The template that this one has become part of; itself as long as it stands alone.</summary>
    public LogTemplate Current
    {
        get
        {
            LogTemplate root = this;
            while (root._into is { } into) root = into;
            // The way is short next time.
            if (_into is not null && _into != root) _into = root;
            return root;
        }
    }

    /// <summary>Lines seen, those of templates that became part of it included.</summary>
    public long Lines { get; internal set; }

    /// <summary>The constant parts as they stood in the first line, <c>&lt;*&gt;</c> for each variable.</summary>
    public string Text => _text ??= Render();

    /// <summary>Whatever its user wants to keep with it; null at first.</summary>
    public object? Tag { get; set; }

    /// <summary>Its place in the order in which templates were first seen.</summary>
    internal long Number { get; }

    /// <summary>Makes two templates one, the older of both; where they differ is a variable.</summary>
    internal static void Unite(LogTemplate one, LogTemplate other)
    {
        (one, other) = (one.Current, other.Current);
        if (one == other) return;
        if (one.Number > other.Number) (one, other) = (other, one);
        other._into = one;
        one.Lines += other.Lines;
        one._text = null;
        if (one._hashes.Length != other._hashes.Length) return;
        for (int i = 0; i < one._hashes.Length; i++)
        {
            if (one._hashes[i] == other._hashes[i]) continue;
            (one._hashes[i], one._texts[i]) = (LogToken.VariableHash, "<*>");
        }
    }

    internal void Save(StateWriter writer)
    {
        writer.Int64(Number);
        writer.Text(Id);
        writer.Int64(Lines);
        writer.Int64(_into is null ? -1 : Current.Number);
        ShapeParts.Save(writer, _texts, _hashes, _glued);
    }

    /// <summary>Reads what was saved, and the number of the template that it is part of; -1 for none.</summary>
    internal static (LogTemplate Template, long Into) Load(StateReader reader)
    {
        long number = reader.Int64();
        if (!ulong.TryParse(reader.Text(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong id)) throw new InvalidDataException("A template without an id.");
        (long lines, long into) = (reader.Int64(), reader.Int64());
        (string[] texts, ulong[] hashes, bool[] glued) = ShapeParts.Load(reader);
        return (new(number, id, texts, hashes, glued) { Lines = lines }, into);
    }

    /// <summary>Makes it part of another, as it was when it was saved.</summary>
    internal void Join(LogTemplate into) => _into = into == this ? null : into;

    private string Render()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _texts.Length; i++)
        {
            if (i > 0 && !_glued[i]) text.Append(' ');
            text.Append(_texts[i]);
        }

        return text.ToString();
    }
}
