using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Oddity.Connectors.Yaml;

/// <summary>
/// Reads a YAML file that nobody vouches for. YamlDotNet builds its tree by recursion, so a few kilobytes of nested brackets would end the process,
/// and aliases let a small file stand for a huge tree; the events, which come without recursion, are counted first and the tree is made only of what passed.
/// </summary>
public static class SafeYaml
{
    /// <summary>Most characters of a file: 1 Mi.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Deepest nesting of mappings and sequences.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most scalars, mappings and sequences of a file.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>The file's mapping, with the line of every node in <c>Start.Line</c>; an empty mapping for an empty file.</summary>
    /// <exception cref="FormatException">
    /// Not YAML, not one mapping, a key given twice, too long, too deep, or anchors, aliases or tags in it. The message begins with the line.
    /// </exception>
    public static YamlMappingNode LoadMapping(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength) throw new FormatException($"longer than {MaxLength} characters");
        var parser = new Parser(new StringReader(text));
        try
        {
            Check(parser);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? [] : Mapping(stream.Documents[0].RootNode);
        }
        catch (YamlException mistake)
        {
            throw At(mistake.Start, Reason(mistake));
        }
        catch (Exception mistake) when (mistake is not FormatException)
        {
            // The parser meets some malformed text with exceptions of other kinds, such as InvalidOperationException for a bracket left open.
            throw At(parser.Current?.End ?? Mark.Empty, "not readable as YAML from here on");
        }
    }

    private static void Check(Parser parser)
    {
        int depth = 0, nodes = 0, documents = 0;
        while (parser.MoveNext())
        {
            if (parser.Current is not { } current) continue;
            depth += current.NestingIncrease;
            if (current is DocumentStart && ++documents > 1) throw At(current.Start, "a second document");
            if (current is AnchorAlias) throw At(current.Start, "aliases (*name) are not supported");
            if (current is not NodeEvent node) continue;
            if (!node.Anchor.IsEmpty) throw At(node.Start, "anchors (&name) are not supported");
            if (!node.Tag.IsEmpty) throw At(node.Start, "tags (!name) are not supported");
            if (++nodes > MaxNodes) throw At(node.Start, $"more than {MaxNodes} values");

            // The stream and the document are levels of their own.
            if (depth - 2 > MaxDepth) throw At(node.Start, $"nested deeper than {MaxDepth} levels");
        }
    }

    private static YamlMappingNode Mapping(YamlNode root) => root switch
    {
        YamlMappingNode mapping => mapping,
        YamlScalarNode { Value: null or "" } => [],
        _ => throw At(root.Start, "expected `key: value` lines"),
    };

    private static FormatException At(Mark mark, string reason) => new($"line {mark.Line}: {reason}");

    /// <summary>The innermost message, which is the one that says what is wrong, at a bounded length.</summary>
    private static string Reason(Exception mistake)
    {
        while (mistake.InnerException is { } inner) mistake = inner;
        return mistake.Message.Length <= 200 ? mistake.Message : mistake.Message[..200];
    }
}
