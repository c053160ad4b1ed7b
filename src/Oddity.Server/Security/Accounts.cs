using Oddity.Engine.Series;
using Oddity.Engine.Storage;
using Oddity.Server.Configuration;

namespace Oddity.Server.Security;

/// <summary>Who can sign in and with what: first set-up, sessions, tokens. Everything secret is stored as a hash only.</summary>
internal sealed class Accounts(AccountStore store, AuthOptions options, TimeProvider time)
{
    private const int MostSessionsOfAUser = 100;
    private static readonly TimeSpan SeenPrecision = TimeSpan.FromMinutes(1);
    private static readonly IReadOnlySet<Permission> All = Enum.GetValues<Permission>().ToHashSet();

    /// <summary>Checking a password is made slow on purpose; no more than this many at once, so that sign-ins can't take every processor.</summary>
    private readonly SemaphoreSlim _checks = new(Math.Max(1, Environment.ProcessorCount / 2));

    public AuthOptions Options => options;

    /// <summary>Whether the first account is still to be made.</summary>
    public bool SetupNeeded => options.Required && !store.HasAccounts;

    /// <summary>A new secret that lets the first account be made; an older one no longer does.</summary>
    public async Task<string> CreateSetupTokenAsync()
    {
        string token = Secrets.Create("");
        await store.SetSetupHashAsync(Secrets.Hash(token));
        return token;
    }

    public bool IsSetupToken(string token) => store.SetupHash is { } hash && Secrets.Hash(token) == hash;

    /// <summary>Makes the first account, who may do everything; false if there is one already.</summary>
    public async Task<bool> AddFirstAsync(string name, string password)
    {
        string hash = await Task.Run(() => Passwords.Hash(password));
        return await store.AddFirstAccountAsync(new(SeriesKey.DefaultTenant, name, hash, "admin", NowMs));
    }

    /// <summary>Checks a password; takes as long for a name nobody has.</summary>
    public async Task<bool> VerifyAsync(string name, string password, CancellationToken cancel)
    {
        await _checks.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => Passwords.Verify(password, store.FindAccount(name)?.Password), cancel);
        }
        finally
        {
            _checks.Release();
        }
    }

    /// <summary>Begins a session; returns its secret.</summary>
    /// <param name="name">Of an account that is there.</param>
    /// <param name="createdMs">When its first ancestor began, for a session that follows another; null for a new one.</param>
    public async Task<string> BeginSessionAsync(string name, long? createdMs = null)
    {
        string secret = Secrets.Create("ods_");
        await RemoveOldSessionsAsync(name);
        await store.PutSessionAsync(new(Secrets.Hash(secret), store.FindAccount(name)!.Name, createdMs ?? NowMs, NowMs));
        return secret;
    }

    public Task EndSessionAsync(AccountSession session) => store.RemoveSessionsAsync([session.Hash]);

    /// <summary>The session with that secret, if it still lasts; notes that it was used.</summary>
    public async ValueTask<AccountSession?> FindSessionAsync(string secret)
    {
        if (secret.Length > Secrets.MaximumLength || store.FindSession(Secrets.Hash(secret)) is not { } session || !Lasts(session)) return null;
        if (NowMs - session.SeenMs < SeenPrecision.TotalMilliseconds) return session;
        await store.PutSessionAsync(session with { SeenMs = NowMs });
        return session;
    }

    /// <summary>Who holds the session.</summary>
    public Caller? CallerOf(AccountSession session) => store.FindAccount(session.User) is { } account ? new(account.Name, account.Tenant, All) : null;

    /// <summary>Who holds the token with that secret; null for none.</summary>
    public Caller? CallerOfToken(string secret) =>
        secret.Length <= Secrets.MaximumLength && store.FindToken(Secrets.Hash(secret)) is { } token
            ? new("token " + token.Name, token.Tenant, PermissionsOf(token.Scope))
            : null;

    public IReadOnlyList<ApiToken> ListTokens(string tenant) => store.ListTokens(tenant);

    /// <summary>Makes a token; its secret is returned and can't be had again.</summary>
    public async Task<(ApiToken Token, string Secret)> AddTokenAsync(Caller by, string name, string scope)
    {
        string secret = Secrets.Create("odd_");
        var token = new ApiToken(Secrets.Id(), Secrets.Hash(secret), by.Tenant, name, scope, by.Name ?? "anonymous", NowMs);
        await store.AddTokenAsync(token);
        return (token, secret);
    }

    public Task<bool> RemoveTokenAsync(string tenant, string id) => store.RemoveTokenAsync(tenant, id);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static IReadOnlySet<Permission> PermissionsOf(string scope) => scope switch
    {
        "ingest" => new HashSet<Permission> { Permission.Anonymous, Permission.Ingest },
        "read" => new HashSet<Permission> { Permission.Anonymous, Permission.Read },
        "admin" => All,
        _ => new HashSet<Permission> { Permission.Anonymous },
    };

    private bool Lasts(AccountSession session) =>
        NowMs - session.SeenMs < (options.SessionIdle + SeenPrecision).TotalMilliseconds
        && NowMs - session.CreatedMs < options.SessionAbsolute.TotalMilliseconds;

    /// <summary>Sessions that are over, and of one user's the ones longest unused beyond a hundred.</summary>
    private async Task RemoveOldSessionsAsync(string name)
    {
        string[] old =
        [
            .. store.Sessions.Where(session => !Lasts(session)).Select(session => session.Hash),
            .. store.Sessions.Where(session => Lasts(session) && session.User.Equals(name, StringComparison.OrdinalIgnoreCase))
                .OrderByDescending(session => session.SeenMs)
                .Skip(MostSessionsOfAUser - 1)
                .Select(session => session.Hash),
        ];
        if (old.Length > 0) await store.RemoveSessionsAsync(old);
    }
}
