namespace Oddity.Detection.Templates;

/// <summary>The parts of a shape or template, saved and loaded.</summary>
internal static class ShapeParts
{
    public static void Save(StateWriter writer, string[] texts, ulong[] hashes, bool[] glued)
    {
        writer.Int32(texts.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            writer.Text(texts[i]);
            writer.Int64((long)hashes[i]);
            writer.Bool(glued[i]);
        }
    }

    /// <exception cref="InvalidDataException">What was saved is not that.</exception>
    public static (string[] Texts, ulong[] Hashes, bool[] Glued) Load(StateReader reader)
    {
        int count = reader.Count(13);
        (string[] texts, ulong[] hashes, bool[] glued) = (new string[count], new ulong[count], new bool[count]);
        for (int i = 0; i < count; i++) (texts[i], hashes[i], glued[i]) = (reader.Text(), (ulong)reader.Int64(), reader.Bool());
        return (texts, hashes, glued);
    }
}
