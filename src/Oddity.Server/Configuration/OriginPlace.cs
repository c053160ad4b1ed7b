namespace Oddity.Server.Configuration;

/// <summary>The places settings come from, weakest first.</summary>
internal enum OriginPlace
{
    Default,
    File,
    Environment,
    CommandLine,
}
