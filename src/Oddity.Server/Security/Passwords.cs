using System.Globalization;
using System.Security.Cryptography;

namespace Oddity.Server.Security;

/// <summary>
/// Password hashes: PBKDF2 with HMAC-SHA256, 600,000 rounds as OWASP's cheat sheet asks, 16 bytes of salt. Written as
/// <c>pbkdf2-sha256$rounds$salt$hash</c>, so that a later cost can stand beside an older one.
/// </summary>
internal static class Passwords
{
    public const int MinimumLength = 10;

    /// <summary>Most characters; more would only cost time.</summary>
    public const int MaximumLength = 256;

    private const string Scheme = "pbkdf2-sha256";
    private const int Rounds = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>A hash no password has: checking against it takes as long as against a real one, so that time tells nothing of who exists.</summary>
    private static readonly string Nobody = Format(Rounds, new byte[SaltBytes], new byte[HashBytes]);

    public static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(Rounds, salt, Derive(password, salt, Rounds));
    }

    /// <summary>Whether the password has that hash; in constant time, also for null, which stands for an account that is not there.</summary>
    public static bool Verify(string password, string? hash)
    {
        string[] parts = (hash ?? Nobody).Split('$');
        if (parts is not [Scheme, var rounds, var salt, var expected]) throw new InvalidDataException("A password hash of an unknown scheme.");
        byte[] actual = Derive(password, Convert.FromBase64String(salt), int.Parse(rounds, CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(actual, Convert.FromBase64String(expected)) && hash is not null;
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, HashBytes);

    private static string Format(int rounds, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
}
