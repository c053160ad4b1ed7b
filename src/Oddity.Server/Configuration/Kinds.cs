using System.Globalization;
using System.Net;
using Oddity.Engine.Anomalies;

namespace Oddity.Server.Configuration;

/// <summary>The kinds of values settings have.</summary>
internal static class Kinds
{
    public static Kind<string> Text { get; } = new("text", text => text, value => value);

    /// <summary>A path, an address or a text that may be absent.</summary>
    public static Kind<string?> OptionalText { get; } = new("text", text => text.Length == 0 ? (string?)null : text, value => value ?? "");

    public static Kind<bool> Flag { get; } = new(
        "true or false",
        text => text.ToLowerInvariant() switch
        {
            "true" or "1" or "yes" or "on" => true,
            "false" or "0" or "no" or "off" => false,
            _ => Wrong<bool>($"{Quote(text)} is neither true nor false"),
        },
        value => value ? "true" : "false");

    public static Kind<TimeSpan> Duration { get; } = DurationIn(null);

    public static Kind<long> Size { get; } = new(
        "size (4096, 64KiB, 32MiB, 1GiB)",
        text => ByteSize.TryParse(text, out long bytes) ? bytes : Wrong<long>($"{Quote(text)} is not a size such as 64KiB or 32MiB"),
        ByteSize.Format);

    public static Kind<Uri?> WebAddress { get; } = new(
        "http(s) address",
        text => text.Length == 0 ? (Uri?)null : ParseWebAddress(text),
        value => value?.OriginalString ?? "");

    public static Kind<Uri> RequiredWebAddress { get; } = new(
        "http(s) address",
        text => ParseWebAddress(text) is { Wrong: null } parsed
            ? parsed.Value!
            : Wrong<Uri>($"{Quote(text)} is not an address that begins with http:// or https://"),
        value => value.OriginalString);

    /// <summary>Where to listen; a port alone is one of 127.0.0.1.</summary>
    public static Kind<IPEndPoint?> EndPoint { get; } = new(
        "IP address and port, or port",
        text => text.Length == 0
            ? (IPEndPoint?)null
            : IPEndPoint.TryParse(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? $"127.0.0.1:{port}" : text, out IPEndPoint? value) && text.Contains(':', StringComparison.Ordinal) | port > 0
                ? value
                : Wrong<IPEndPoint?>($"{Quote(text)} is not an address and port such as 127.0.0.1:2003"),
        value => value?.ToString() ?? "");

    public static Kind<Severity> Severities { get; } =
        Word([.. Enum.GetValues<Severity>().Select(severity => (severity.ToString().ToLowerInvariant(), severity))]);

    /// <summary>Texts separated by commas, or a YAML list.</summary>
    public static Kind<IReadOnlyList<string>> Texts { get; } = List(Text);

    /// <summary>A duration; a number without a unit counts as the given one, null allows none.</summary>
    public static Kind<TimeSpan> DurationIn(TimeSpan? unit) => new(
        "duration (100ms, 60s, 5m, 12h, 30d)",
        text => DurationText.TryParse(text, unit, out TimeSpan value) ? value : Wrong<TimeSpan>($"{Quote(text)} is not a duration such as 100ms, 60s or 5m"),
        DurationText.Format);

    public static Kind<TimeSpan> DurationBetween(TimeSpan least, TimeSpan most) =>
        Duration.Checked(value => value >= least && value <= most, $"is not between {DurationText.Format(least)} and {DurationText.Format(most)}");

    public static Kind<int> Whole(int least, int most) => new(
        $"whole number, {least} to {most}",
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : Wrong<int>($"{Quote(text)} is not a whole number from {least} to {most}"),
        value => value.ToString(CultureInfo.InvariantCulture));

    public static Kind<double> Number(double least = double.MinValue, double most = double.MaxValue) => new(
        "number",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value
            : Wrong<double>(NumberWrong(text, least, most)),
        value => value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>The same, or nothing.</summary>
    public static Kind<T?> Optional<T>(Kind<T> kind)
        where T : struct =>
        new(
            kind.Name,
            text => text.Length == 0 ? (T?)null : kind.Parse(text) is { Wrong: { } wrong } ? new Parsed<T?>(null, wrong) : (T?)kind.Parse(text).Value,
            value => value is { } some ? kind.Format(some) : "");

    /// <summary>One of a few words, in any case.</summary>
    public static Kind<T> Word<T>(params (string Word, T Value)[] words) => new(
        string.Join(", ", words.DistinctBy(word => word.Value).Where(word => word.Word.Length > 0).Select(word => word.Word)),
        text => Array.FindIndex(words, word => word.Word.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and int found
            ? words[found].Value
            : Wrong<T>($"{Quote(text)} is none of {string.Join(", ", words.Select(word => word.Word))}{Suggestion.For(text, words.Select(word => word.Word))}"),
        value => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word);

    /// <summary>One of some names that are asked for when needed, in any case.</summary>
    public static Kind<string> Named(string name, Func<IReadOnlyList<string>> names) => new(
        name,
        text => names().FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? Wrong<string>($"{Quote(text)} is no {name}{Suggestion.For(text, names())}"),
        value => value);

    public static Kind<IReadOnlyList<T>> List<T>(Kind<T> item) => new(
        $"list of {item.Name}, separated by commas",
        text => ParseItems(item, ListText.Split(text)),
        values => string.Join(",", values.Select(item.Format)))
    {
        ParseItems = items => ParseItems(item, items),
    };

    public static Kind<T> Checked<T>(this Kind<T> kind, Func<T, bool> fits, string complaint) => kind with
    {
        Parse = text => kind.Parse(text) is { Wrong: null } parsed && !fits(parsed.Value) ? Wrong<T>($"{Quote(text)} {complaint}") : kind.Parse(text),
    };

    /// <summary>At most 64 characters of what was written, control characters escaped.</summary>
    public static string Quote(string text) => $"'{Logging.Printable.Escape(text.Length > 64 ? text[..64] + "…" : text)}'";

    private static Parsed<T> Wrong<T>(string what) => new(default!, what);

    private static Parsed<IReadOnlyList<T>> ParseItems<T>(Kind<T> item, IReadOnlyList<string> texts)
    {
        var items = new List<T>(texts.Count);
        foreach (string text in texts)
        {
            Parsed<T> parsed = item.Parse(text);
            if (parsed.Wrong is not null) return Wrong<IReadOnlyList<T>>(parsed.Wrong);
            items.Add(parsed.Value);
        }

        return items;
    }

    private static string NumberWrong(string text, double least, double most) => (least, most) switch
    {
        (double.MinValue, double.MaxValue) => $"{Quote(text)} is not a number",
        (_, double.MaxValue) => FormattableString.Invariant($"{Quote(text)} is not a number from {least} upwards"),
        _ => FormattableString.Invariant($"{Quote(text)} is not a number from {least} to {most}"),
    };

    private static Parsed<Uri?> ParseWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? value) && value.Scheme is "http" or "https" && value!.Host.Length > 0
            ? value
            : Wrong<Uri?>("not an address that begins with http:// or https://");
}
