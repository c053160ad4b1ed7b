using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>Identifiers that follow from what they name, so that finding the same thing twice is writing it once.</summary>
internal static class AnomalyId
{
    /// <summary>32 hexadecimal digits. <paramref name="ordinal"/> tells apart anomalies of one series that begin at the same time.</summary>
    public static string Of(SeriesKey series, string revision, long startMs, int ordinal) =>
        Hash(series.Tenant, series.Text, revision, startMs.ToString(CultureInfo.InvariantCulture), ordinal.ToString(CultureInfo.InvariantCulture));

    /// <summary>128 bits of SHA-256 over the parts, each with its length, in hexadecimal.</summary>
    public static string Hash(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts) text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
