namespace Oddity.Detection.Templates;

/// <summary>A part of a line.</summary>
internal struct LogToken
{
    /// <summary>Where it stands in the line. Of a numbered name only the name: <c>eth</c> of <c>eth0</c>.</summary>
    public int Start, End;

    /// <summary>Equal for equal parts; the same for all variables.</summary>
    public ulong Hash;

    public TokenKind Kind;

    /// <summary>No space stands before it.</summary>
    public bool Glued;

    /// <summary>A variable that stands for several names.</summary>
    public bool IsList;

    public readonly bool IsVariable => Kind == TokenKind.Variable;

    /// <summary>Whether it is this sign of punctuation.</summary>
    public readonly bool Is(char sign) => Kind == TokenKind.Sign && Hash == sign;

    /// <summary>Whether it is one of these signs of punctuation.</summary>
    public readonly bool IsAny(ReadOnlySpan<char> signs) => Kind == TokenKind.Sign && signs.Contains((char)Hash);

    public static LogToken Variable(int start, int end, bool glued) => new() { Start = start, End = end, Hash = VariableHash, Kind = TokenKind.Variable, Glued = glued };

    /// <summary>No sign has it, and no word but by chance.</summary>
    public const ulong VariableHash = 0x9E37_79B9_7F4A_7C15;
}
