namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>Durations as Prometheus writes them: <c>15s</c>, <c>1m30s</c>, <c>500ms</c>.</summary>
public static class PrometheusDuration
{
    /// <summary>False for anything else, for nothing, and for zero.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        double milliseconds = 0;
        while (text.Length > 0)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 9) break;
            int end = text[digits..].IndexOfAnyInRange('0', '9') is var next and > 0 ? digits + next : text.Length;
            double unit = text[digits..end] switch { "ms" => 1, "s" => 1e3, "m" => 60e3, "h" => 3600e3, "d" => 86400e3, "w" => 7 * 86400e3, "y" => 365 * 86400e3, _ => double.NaN };
            milliseconds += unit * int.Parse(text[..digits], System.Globalization.CultureInfo.InvariantCulture);
            text = text[end..];
        }

        bool valid = text.Length == 0 && milliseconds is > 0 and < 1e13;
        duration = valid ? TimeSpan.FromMilliseconds(milliseconds) : default;
        return valid;
    }
}
