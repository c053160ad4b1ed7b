namespace Oddity.Server.Configuration;

/// <summary>A value, or what is wrong with the text it should be read from.</summary>
internal readonly record struct Parsed<T>(T Value, string? Wrong)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);
}
