using System.Collections.Concurrent;

namespace Oddity.Engine.Calls;

/// <summary>
/// Holds the number of series that calls make in bounds: at most so many services of a tenant and operations of a service; what comes after counts as
/// <c>(other)</c>. Which came first is remembered by what is stored, so a restart forgets nothing. Thread-safe.
/// </summary>
public sealed class CallNames
{
    /// <summary>What those beyond the bounds are called.</summary>
    public const string Other = "(other)";

    public const int MaxServices = 1000, MaxOperations = 200, MaxLength = 200;

    private readonly ConcurrentDictionary<(string Tenant, CallKind Kind), ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>> _known = new();

    /// <summary>The call under names that may become series.</summary>
    internal Call Bound(string tenant, CallKind kind, Call call)
    {
        ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> services = _known.GetOrAdd((tenant, kind), _ => new(StringComparer.Ordinal));
        string service = Clean(call.Service);
        if (!services.ContainsKey(service) && services.Count >= MaxServices) service = Other;
        ConcurrentDictionary<string, bool> operations = services.GetOrAdd(service, _ => new(StringComparer.Ordinal));
        string operation = Clean(call.Operation);
        if (operation.Length > 0 && !operations.ContainsKey(operation))
        {
            if (operations.Count >= MaxOperations) operation = Other;
            else operations.TryAdd(operation, true);
        }

        return service == call.Service && operation == call.Operation ? call : call with { Service = service, Operation = operation };
    }

    /// <summary>
    /// A path of an address with what looks like an id taken out, so that calls of one endpoint have one name: <c>/users/42/orders</c> is <c>/users/:id/orders</c>.
    /// A segment is an id when it is a number, or 8 or more hexadecimal digits and dashes with a digit among them, or longer than 32 with a digit.
    /// </summary>
    public static string PathName(string path)
    {
        int end = path.AsSpan().IndexOfAny('?', '#');
        if (end >= 0) path = path[..end];
        if (Uri.TryCreate(path, UriKind.Absolute, out Uri? address) && address.Scheme.StartsWith("http", StringComparison.Ordinal)) path = address.AbsolutePath;
        string[] segments = path.Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            if (IsId(segments[i])) segments[i] = ":id";
        }

        return string.Join('/', segments);
    }

    internal static string Clean(string name)
    {
        if (name.Length > MaxLength) name = name[..(char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return name.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !name.Any(char.IsControl) ? name : string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));
    }

    private static bool IsId(string segment)
    {
        if (segment.Length == 0 || !segment.Any(char.IsAsciiDigit)) return false;
        if (segment.Length > 32 || segment.All(char.IsAsciiDigit)) return true;
        return segment.Length >= 8 && segment.All(c => char.IsAsciiHexDigit(c) || c == '-');
    }
}
