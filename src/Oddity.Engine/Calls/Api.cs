using System.Security.Cryptography;
using System.Text;

namespace Oddity.Engine.Calls;

/// <summary>An API that somebody registered, so that its calls have a name and it can be probed.</summary>
/// <param name="Id">What calls name it by; up to 64 letters, digits and <c>-_.:</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where it is, http or https; null where that was not said.</param>
/// <param name="Description">More about it; null for nothing.</param>
/// <param name="Probe">How it is probed; null: it is not.</param>
public sealed record Api(string Id, string Name, string? Url, string? Description, ApiProbe? Probe)
{
    /// <summary>A UUID made of a hash of what it is called, so that the same API registered twice is one.</summary>
    public static string IdOf(string tenant, string name, string? url)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{name}\n{url}"))[..16];
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0f) | 0x80), (byte)((hash[8] & 0x3f) | 0x80)); // Version 8: made by own rules.
        return new Guid(hash, bigEndian: true).ToString();
    }
}
