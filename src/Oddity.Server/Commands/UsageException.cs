namespace Oddity.Server.Commands;

/// <summary>What was asked for makes no sense; each line of the message tells the user something to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
