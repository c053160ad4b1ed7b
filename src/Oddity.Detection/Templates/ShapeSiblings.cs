namespace Oddity.Detection.Templates;

/// <summary>
/// Shapes that differ in one place only, and when that place is taken for a variable: one of them has a variable there, or so many different words have
/// stood there that it can't be a choice of a few. A dotted name is sooner taken for a value than an invented one, and that sooner than a word.
/// </summary>
internal sealed class ShapeSiblings(int place)
{
    // A third more or less of each changes the mean group accuracy over twelve systems by 0.008 at most: nothing hangs on the exact numbers.
    private const int EnoughDotted = 3, EnoughNames = 4, EnoughWords = 7, EnoughBetween = 2;

    // So many of the names are of the form that counts.
    private const double Share = 0.7;

    private readonly List<LogShape> _shapes = [];
    private int _dotted;
    private int _names;
    private int _upper;
    private bool _variable;
    private bool _united;

    public bool IsEmpty => _shapes.Count == 0;

    /// <summary>Takes a new shape in; unites the templates of all of them if the place is a variable.</summary>
    public void Add(LogShape shape)
    {
        _shapes.Add(shape);
        string text = shape.Texts[place];
        if (shape.Kinds[place] == TokenKind.Variable) _variable = true;
        else if (LogShape.IsDotted(text)) _dotted++;
        else if (LogShape.IsName(text)) _names++;
        else if (!text.Any(char.IsLower)) _upper++;
        if (_united)
        {
            LogTemplate.Unite(_shapes[0].Template, shape.Template);
        }
        else if (_shapes.Count > 1 && IsVariable(shape))
        {
            _united = true;
            for (int i = 1; i < _shapes.Count; i++) LogTemplate.Unite(_shapes[0].Template, _shapes[i].Template);
        }
    }

    public void Remove(LogShape shape)
    {
        if (!_shapes.Remove(shape)) return;
        string text = shape.Texts[place];
        if (shape.Kinds[place] == TokenKind.Variable) _variable = false;
        else if (LogShape.IsDotted(text)) _dotted--;
        else if (LogShape.IsName(text)) _names--;
        else if (!text.Any(char.IsLower)) _upper--;
    }

    private bool IsVariable(LogShape shape)
    {
        int others = shape.Words - (shape.IsWord(place) ? 1 : 0);
        if (others < 1) return false;
        if (_variable && others >= 2) return true;
        if (_dotted >= EnoughDotted && _dotted >= Share * _shapes.Count) return true;
        if (place > 0 && _dotted + _names >= EnoughNames && _dotted + _names >= Share * _shapes.Count) return true;
        if (_shapes.Count - (_variable ? 1 : 0) >= EnoughWords) return true;
        if (_shapes.Count >= EnoughBetween && _upper == 0 && place > 0 && place + 1 < shape.Texts.Length
            && LineVocabulary.NameBetween(shape.Texts[place - 1], shape.Texts[place + 1])) return true;
        return place >= 2 && LineVocabulary.NameFollows(shape.Texts[place - 2], shape.Texts[place - 1]);
    }
}
