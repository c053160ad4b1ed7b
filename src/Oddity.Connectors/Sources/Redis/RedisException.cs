namespace Oddity.Connectors.Sources.Redis;

/// <summary>Redis refused a command, or said something that is no answer.</summary>
internal sealed class RedisException(string message) : Exception(message);
