using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Oddity.Server.Security;

/// <summary>Random secrets, of which only a hash is kept. 256 random bits need no salt and no slow hash.</summary>
internal static class Secrets
{
    /// <summary>Longest text that can be one of ours.</summary>
    public const int MaximumLength = 128;

    /// <summary>A new one: the prefix says what it is for, so that people and scanners recognise it.</summary>
    public static string Create(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored and looked up: SHA-256, hexadecimal.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>An identifier without meaning, 12 hexadecimal digits.</summary>
    public static string Id() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
}
