namespace Oddity.Server.Configuration;

/// <summary>Where a value came from.</summary>
/// <param name="Place">Which kind of place; a greater one wins.</param>
/// <param name="Text">For people: "default", "oddity.yml:12", "environment LOG_LEVEL", "option --urls".</param>
internal sealed record Origin(OriginPlace Place, string Text)
{
    public static Origin Default { get; } = new(OriginPlace.Default, "default");

    public static Origin File(string name, int line) => new(OriginPlace.File, $"{name}:{line}");

    public static Origin Variable(string name) => new(OriginPlace.Environment, $"environment {name}");

    public static Origin Option(string name) => new(OriginPlace.CommandLine, $"option {name}");

    public override string ToString() => Text;
}
