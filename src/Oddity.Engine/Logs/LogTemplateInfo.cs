namespace Oddity.Engine.Logs;

/// <summary>A template of a service and how often it was seen.</summary>
/// <param name="Service">Whose.</param>
/// <param name="Id">16 hexadecimal digits; label <c>template</c> of its series.</param>
/// <param name="Text">What it says, with <c>&lt;*&gt;</c> for what varies.</param>
/// <param name="Lines">Lines since it is known.</param>
/// <param name="FirstMs">When it was first seen, Unix milliseconds of arrival.</param>
/// <param name="LastMs">When it was last seen.</param>
/// <param name="Sample">The first line, with secrets blacked out.</param>
public sealed record LogTemplateInfo(string Service, string Id, string Text, long Lines, long FirstMs, long LastMs, string Sample);
