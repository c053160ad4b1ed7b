namespace Oddity.Connectors.Sources.Scrape;

/// <summary>A secret in place, or the file that holds it, read anew each time so that it may change.</summary>
/// <param name="Text">The secret; null where a file holds it.</param>
/// <param name="File">The file; null where the secret stands in place.</param>
public sealed record Secret(string? Text, string? File)
{
    private const int MostCharacters = 64 << 10;

    /// <summary>The secret without blanks around it.</summary>
    /// <exception cref="IOException">The file cannot be read; the message says so without its path.</exception>
    public string Read()
    {
        if (File is null) return Text ?? "";
        try
        {
            using StreamReader reader = System.IO.File.OpenText(File);
            char[] text = new char[MostCharacters];
            return new string(text, 0, reader.ReadBlock(text)).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException("the file of a secret cannot be read", failure);
        }
    }

    public override string ToString() => "***";
}
