namespace Oddity.Detection.Templates;

/// <summary>One exact form of lines: the constant parts and where variables stand. Several shapes can belong to one template.</summary>
internal sealed class LogShape
{
    /// <summary>Parts beyond are not compared with those of siblings.</summary>
    public const int MaxCompared = 48;

    public LogShape(ulong hash, ReadOnlySpan<char> line, ReadOnlySpan<LogToken> tokens)
    {
        Hash = hash;
        Texts = new string[tokens.Length];
        Hashes = new ulong[tokens.Length];
        Kinds = new TokenKind[tokens.Length];
        Glued = new bool[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            LogToken token = tokens[i];
            (Hashes[i], Kinds[i], Glued[i]) = (token.Hash, token.Kind, token.Glued);
            Texts[i] = token.Kind switch
            {
                TokenKind.Variable => "<*>",
                TokenKind.Numbered => $"{line[token.Start..token.End]}<*>",
                _ => line[token.Start..token.End].ToString(),
            };
            if (token.Kind is TokenKind.Word or TokenKind.Numbered) Words++;
        }
    }

    private LogShape(ulong hash, string[] texts, ulong[] hashes, bool[] glued, TokenKind[] kinds)
    {
        (Hash, Texts, Hashes, Glued, Kinds) = (hash, texts, hashes, glued, kinds);
        Words = kinds.Count(kind => kind is TokenKind.Word or TokenKind.Numbered);
    }

    public ulong Hash { get; }

    public string[] Texts { get; }

    public ulong[] Hashes { get; }

    public TokenKind[] Kinds { get; }

    public bool[] Glued { get; }

    /// <summary>How many of the parts are words.</summary>
    public int Words { get; }

    public LogTemplate Template { get; set; } = null!;

    /// <summary>Number of the line that last had it.</summary>
    public long LastSeen { get; set; }

    public void Save(StateWriter writer)
    {
        writer.Int64(Template.Number);
        writer.Int64(LastSeen);
        ShapeParts.Save(writer, Texts, Hashes, Glued);
        foreach (TokenKind kind in Kinds) writer.Byte((byte)kind);
    }

    /// <summary>Reads what was saved, and the number of its template.</summary>
    /// <exception cref="InvalidDataException">What was saved is not that.</exception>
    public static (LogShape Shape, long Template) Load(StateReader reader)
    {
        (long template, long seen) = (reader.Int64(), reader.Int64());
        (string[] texts, ulong[] hashes, bool[] glued) = ShapeParts.Load(reader);
        var kinds = new TokenKind[texts.Length];
        for (int i = 0; i < kinds.Length; i++) kinds[i] = reader.Byte() is <= (byte)TokenKind.Variable and byte kind ? (TokenKind)kind : throw new InvalidDataException("A part of no kind.");
        return (new(HashOf(hashes), texts, hashes, glued, kinds) { LastSeen = seen }, template);
    }

    public bool IsWord(int i) => Kinds[i] is TokenKind.Word or TokenKind.Numbered;

    public static ulong HashOf(ReadOnlySpan<LogToken> tokens)
    {
        ulong hash = (ulong)tokens.Length;
        foreach (ref readonly LogToken token in tokens) hash = Mix(hash, token.Hash);
        return hash;
    }

    public static ulong HashOf(ReadOnlySpan<ulong> hashes)
    {
        ulong hash = (ulong)hashes.Length;
        foreach (ulong part in hashes) hash = Mix(hash, part);
        return hash;
    }

    /// <summary>For each part the hash of all others and of its place, so that shapes that differ in that part alone have the same.</summary>
    public ulong[] HashesWithout()
    {
        ulong all = 0;
        for (int i = 0; i < Hashes.Length; i++) all += Mix((ulong)i, Hashes[i]);
        var without = new ulong[Math.Min(Hashes.Length, MaxCompared)];
        for (int i = 0; i < without.Length; i++) without[i] = Mix((ulong)(i + 1_000 + (Hashes.Length * 1_000)), all - Mix((ulong)i, Hashes[i]));
        return without;
    }

    /// <summary>Where a word with a variable in brackets behind it, <c>LOCAL(0)</c>, is taken for one variable; 0 if there is none.</summary>
    public ulong HashOfCalls()
    {
        var parts = new List<ulong>(Hashes.Length);
        for (int i = 0; i < Hashes.Length; i++)
        {
            bool call = i + 3 < Hashes.Length && IsWord(i) && Hashes[i + 1] == '(' && Glued[i + 1] && Kinds[i + 2] == TokenKind.Variable && Hashes[i + 3] == ')';
            parts.Add(call ? LogToken.VariableHash : Hashes[i]);
            if (call) i += 3;
        }

        return parts.Count == Hashes.Length ? 0 : HashOf(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts));
    }

    /// <summary>Where every dotted name is taken for a variable; 0 if there is none or hardly a word besides.</summary>
    public ulong HashOfDotted()
    {
        if (Words < 3) return 0;
        ulong[] parts = [.. Hashes.Select((hash, i) => IsWord(i) && IsDotted(Texts[i]) ? LogToken.VariableHash : hash)];
        return parts.AsSpan().SequenceEqual(Hashes) ? 0 : HashOf(parts);
    }

    public static bool IsDotted(string word) => word.AsSpan().Trim('.').Contains('.');

    /// <summary>Looks like a name that a program made up, not like a word of a sentence.</summary>
    public static bool IsName(string word)
    {
        if (word.Length == 1 || word.Contains('_') || word.EndsWith("<*>", StringComparison.Ordinal)) return true;
        for (int i = 1; i < word.Length; i++)
        {
            if (char.IsLower(word[i - 1]) && char.IsUpper(word[i])) return true;
        }

        return false;
    }

    private static ulong Mix(ulong hash, ulong part)
    {
        hash = (hash ^ part) * 0x9FB2_1C65_1E98_DF25;
        return hash ^ (hash >> 32);
    }
}
