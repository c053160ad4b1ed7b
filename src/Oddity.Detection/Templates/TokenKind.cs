namespace Oddity.Detection.Templates;

internal enum TokenKind : byte
{
    /// <summary>One sign of punctuation; its hash is its code.</summary>
    Sign,

    /// <summary>A word that stays as it is.</summary>
    Word,

    /// <summary>A name with a short number at its end, whose number is left out.</summary>
    Numbered,

    /// <summary>What differs from line to line: a number, address, path, time, identifier, value.</summary>
    Variable,
}
