namespace Oddity.Connectors.Sources.Scrape;

/// <summary>What a <see cref="RelabelRule"/> does.</summary>
public enum RelabelAction
{
    /// <summary>Sets a label to the replacement, if the regular expression fits.</summary>
    Replace,

    /// <summary>Drops what does not fit.</summary>
    Keep,

    /// <summary>Drops what fits.</summary>
    Drop,

    /// <summary>Drops where the sources are not the target label's value.</summary>
    KeepEqual,

    /// <summary>Drops where the sources are the target label's value.</summary>
    DropEqual,

    /// <summary>Sets a label to the modulus of a hash of the sources.</summary>
    HashMod,

    /// <summary>Copies labels whose names fit to the names that the replacement makes.</summary>
    LabelMap,

    /// <summary>Removes labels whose names fit.</summary>
    LabelDrop,

    /// <summary>Removes labels whose names do not fit.</summary>
    LabelKeep,

    /// <summary>Sets a label to the sources in lower case.</summary>
    Lowercase,

    /// <summary>Sets a label to the sources in upper case.</summary>
    Uppercase,
}
