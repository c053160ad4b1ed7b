namespace Oddity.Server.Security;

/// <summary>
/// Slows guessing: after some failures of one account or from one address, the next attempt has to wait, twice as long each time. An account waits
/// a minute at most, so that a stranger can't lock its owner out for long; an address a quarter of an hour. Thread-safe; memory is bounded.
/// </summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int MostKeys = 10_000;
    private static readonly Limit Account = new(Free: 5, Longest: TimeSpan.FromMinutes(1));
    private static readonly Limit Address = new(Free: 20, Longest: TimeSpan.FromMinutes(15));
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failures> _failures = new(StringComparer.Ordinal);

    /// <summary>Accounts and addresses remembered.</summary>
    public int Keys
    {
        get
        {
            lock (_gate) return _failures.Count;
        }
    }

    /// <summary>
    /// How long to wait before the next attempt; null if it may be made now. An attempt that may be made counts as failed until <see cref="Succeeded"/>.
    /// </summary>
    public TimeSpan? Begin(string account, string address)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            TimeSpan wait = Max(Wait(AccountKey(account), Account, now), Wait(AddressKey(address), Address, now));
            if (wait > TimeSpan.Zero) return wait;
            Count(AccountKey(account), now);
            Count(AddressKey(address), now);
            return null;
        }
    }

    /// <summary>Takes back what <see cref="Begin"/> counted, and forgets the account's failures.</summary>
    public void Succeeded(string account, string address)
    {
        lock (_gate)
        {
            _failures.Remove(AccountKey(account));
            if (_failures.TryGetValue(AddressKey(address), out Failures found)) _failures[AddressKey(address)] = found with { Number = found.Number - 1 };
        }
    }

    private static string AccountKey(string account) => "account " + account.ToLowerInvariant();

    private static string AddressKey(string address) => "address " + address;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private TimeSpan Wait(string key, Limit limit, long now)
    {
        if (!_failures.TryGetValue(key, out Failures found) || found.Number < limit.Free) return TimeSpan.Zero;
        TimeSpan pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(found.Number - limit.Free, 20)), limit.Longest.TotalSeconds));
        return pause - time.GetElapsedTime(found.Last, now);
    }

    private void Count(string key, long now)
    {
        if (_failures.Count >= MostKeys && !_failures.ContainsKey(key)) MakeRoom();
        Failures found = _failures.GetValueOrDefault(key);
        if (found.Number > 0 && time.GetElapsedTime(found.Last, now) > Forgotten) found = default;
        _failures[key] = new(found.Number + 1, now);
    }

    private void MakeRoom()
    {
        string[] oldest = [.. _failures.OrderBy(entry => entry.Value.Last).Take(MostKeys / 10).Select(entry => entry.Key)];
        foreach (string key in oldest) _failures.Remove(key);
    }

    private readonly record struct Failures(int Number, long Last);

    private sealed record Limit(int Free, TimeSpan Longest);
}
