using System.Text.RegularExpressions;
using Oddity.Connectors.Sources.Kafka;
using Oddity.Connectors.Sources.Queues;
using Oddity.Connectors.Sources.RabbitMq;
using Oddity.Connectors.Sources.Redis;

namespace Oddity.Server.Configuration;

/// <summary>Binds the queues to read: lists of them in oddity.yml, and the short forms of the systems Oddity replaces.</summary>
internal sealed partial class QueueBinder(SettingReader reader)
{
    private const int MostSecretBytes = 64 << 10;

    private static readonly Kind<QueueKind> s_kind = Kinds.Word(
        ("events", QueueKind.Events), ("api_calls", QueueKind.ApiCalls), ("api_call", QueueKind.ApiCalls), ("logs", QueueKind.Logs), ("log", QueueKind.Logs));

    private static readonly Kind<bool> s_start = Kinds.Word(("oldest", true), ("earliest", true), ("newest", false), ("latest", false));
    private static readonly Kind<string> s_id = Kinds.Text.Checked(text => Id().IsMatch(text), "is not a name of up to 40 letters, digits, - and _");

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public IReadOnlyList<KafkaOptions> BindKafka()
    {
        string? brokers = reader.Read(Settings.KafkaBrokers);
        string group = reader.Read(Settings.KafkaGroup);
        ConfigNode? node = reader.Read(Settings.KafkaSources);
        var found = new List<KafkaOptions>();
        foreach (MapReader map in MapReader.Items(Settings.KafkaSources.Key, node, reader)) Add(found, ReadKafka(map, brokers, group));
        Add(found, ShortKafka(brokers, group, listed: found.Count > 0));
        reader.Value(Settings.KafkaSources.Key, string.Join("; ", found.Select(kafka => $"{kafka.Id}: {string.Join(",", kafka.Topics.Select(topic => topic.Name))} at {kafka.Brokers}")), node?.Origin ?? Origin.Default);
        return found;
    }

    public IReadOnlyList<RabbitMqOptions> BindRabbitMq()
    {
        ConfigNode? node = reader.Read(Settings.RabbitMqSources);
        var found = new List<RabbitMqOptions>();
        foreach (MapReader map in MapReader.Items(Settings.RabbitMqSources.Key, node, reader)) Add(found, ReadRabbitMq(map));
        reader.Value(Settings.RabbitMqSources.Key, string.Join("; ", found.Select(rabbit => $"{rabbit.Id}: {rabbit.Queue} at {rabbit.Url.Host}")), node?.Origin ?? Origin.Default);
        return found;
    }

    public IReadOnlyList<RedisOptions> BindRedis()
    {
        string? url = reader.Read(Settings.RedisUrl, out Origin origin);
        string host = reader.Read(Settings.RedisHost, out Origin hostOrigin);
        int port = reader.Read(Settings.RedisPort);
        string? password = reader.Read(Settings.RedisPassword);
        TimeSpan poll = reader.Read(Settings.RedisPoll);
        (string key, Origin from) = url is null ? (Settings.RedisHost.Key, hostOrigin) : (Settings.RedisUrl.Key, origin);
        Uri? common = ReadUrl(url ?? $"redis://{host}:{port}", ["redis", "rediss"], what => reader.Mistake(key, what, from));
        ConfigNode? node = reader.Read(Settings.RedisSources);
        var found = new List<RedisOptions>();
        foreach (MapReader map in MapReader.Items(Settings.RedisSources.Key, node, reader)) Add(found, ReadRedis(map, common, password, poll));
        if (url is not null && found.Count == 0) reader.Notice("redis.url: nothing is read from Redis unless sources.redis names a list or a stream");
        reader.Value(Settings.RedisSources.Key, string.Join("; ", found.Select(redis => $"{redis.Id}: {redis.Key} at {redis.Url.Host}")), node?.Origin ?? Origin.Default);
        return found;
    }

    /// <summary>What KAFKA_BROKER and the topics' names alone stand for.</summary>
    private KafkaOptions? ShortKafka(string? brokers, string group, bool listed)
    {
        string? events = reader.Read(Settings.KafkaTopic);
        (string? Name, QueueKind Kind, string Key)[] others =
        [
            (reader.Read(Settings.KafkaTopicMetrics), QueueKind.ApiCalls, Settings.KafkaTopicMetrics.Key),
            (reader.Read(Settings.KafkaTopicLogs), QueueKind.Logs, Settings.KafkaTopicLogs.Key),
        ];
        bool named = events is not null || others.Any(other => other.Name is not null);
        if (!named && (brokers is null || listed)) return null;
        var topics = new List<KafkaTopic>();
        if (events is not null || !named) topics.Add(new(events ?? "events"));
        foreach ((string? name, QueueKind kind, string key) in others)
        {
            if (name is null) continue;
            if (QueueKinds.Has(kind)) topics.Add(new(name, kind));
            else reader.Notice($"{key}: not read yet ({s_kind.Format(kind)} are not understood yet)");
        }

        return topics.Count == 0 ? null : new() { Id = NewId("kafka"), Brokers = brokers ?? "localhost:9092", Group = group, Topics = topics };
    }

    private KafkaOptions? ReadKafka(MapReader map, string? brokers, string group)
    {
        string id = ReadId(map, "kafka");
        string? own = map.Value("brokers", Kinds.Texts, []) is { Count: > 0 } list ? string.Join(",", list) : brokers;
        if (own is null) map.Mistake("brokers", "is missing, and kafka.brokers too");
        var topics = new List<KafkaTopic>();
        foreach (MapReader topic in MapReader.Items($"{map.Key}.topics", map.Node("topics"), reader))
        {
            string? name = topic.Required("name", Kinds.Text);
            QueueKind kind = ReadKind(topic);
            topic.Done();
            if (name is null) continue;
            if (topics.Any(known => known.Name == name)) topic.Mistake("name", $"{Kinds.Quote(name)} is there twice");
            else topics.Add(new(name, kind));
        }

        if (topics.Count == 0) map.Mistake("topics", "at least one topic is needed");
        string? user = map.Value("user", Kinds.OptionalText, null), password = ReadSecret(map, "password");
        if (user is null != password is null) map.Mistake(user is null ? "user" : "password", "user and password go together");
        var options = new KafkaOptions
        {
            Id = id,
            Brokers = own ?? "",
            Group = map.Value("group", Kinds.Text, group),
            Topics = topics,
            DeadLetters = map.Value("dead_letters", Kinds.Text, "{topic}.dead-letters") is var dead && dead == "none" ? null : dead,
            FromOldest = map.Value("start", s_start, true),
            Backfill = map.Value("backfill", Kinds.Flag, false),
            User = user,
            Password = password,
            Tls = map.Value("tls", Kinds.Flag, false),
            Library = ReadLibrary(map),
        };
        map.Done();
        if (topics.Exists(topic => topic.Name == options.DeadLetters)) map.Mistake("dead_letters", "is one of the topics that are read");
        return options;
    }

    private static KeyValuePair<string, string>[] ReadLibrary(MapReader map)
    {
        if (map.Map("library") is not { } library) return [];
        Dictionary<string, (string Text, Origin Origin)> texts = library.Texts();
        foreach (string name in texts.Keys.Intersect(KafkaOptions.Fixed)) library.Mistake(name, "is not for the asking: what Oddity promises rests on it");
        return [.. texts.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text))];
    }

    private RabbitMqOptions? ReadRabbitMq(MapReader map)
    {
        string id = ReadId(map, "rabbitmq");
        Uri? url = map.Required("url", Kinds.Text) is { } text ? ReadUrl(text, ["amqp", "amqps"], what => map.Mistake("url", what)) : null;
        string? queue = map.Required("queue", Kinds.Text);
        string exchange = map.Value("dead_letter_exchange", Kinds.Text, "");
        string dead = map.Value("dead_letters", Kinds.Text, $"{queue}.dead-letters");
        int prefetch = map.Value("prefetch", Kinds.Whole(1, 65_535), 1_000);
        QueueKind kind = ReadKind(map);
        bool backfill = map.Value("backfill", Kinds.Flag, false);
        string? password = ReadSecret(map, "password");
        map.Done();
        if (queue is not null && dead == queue && exchange.Length == 0) map.Mistake("dead_letters", "is the queue that is read");
        if (url is null || queue is null) return null;
        return new()
        {
            Id = id,
            Url = url,
            Queue = queue,
            Kind = kind,
            Prefetch = prefetch,
            DeadLetterExchange = exchange,
            DeadLetters = dead == "none" ? null : dead,
            Backfill = backfill,
            Password = password,
        };
    }

    private RedisOptions? ReadRedis(MapReader map, Uri? common, string? commonPassword, TimeSpan poll)
    {
        string id = ReadId(map, "redis");
        string? own = map.Value("url", Kinds.OptionalText, null);
        Uri? url = own is null ? common : ReadUrl(own, ["redis", "rediss"], what => map.Mistake("url", what));
        string? password = ReadSecret(map, "password") ?? (own is null ? commonPassword : null);
        string? list = map.Value("list", Kinds.OptionalText, null), stream = map.Value("stream", Kinds.OptionalText, null);
        if (list is null == stream is null) map.Mistake("list", "either a list or a stream is needed");
        string group = map.Value("group", Kinds.Text, "oddity");
        string dead = map.Value("dead_letters", Kinds.Text, $"{list ?? stream}:dead-letters");
        QueueKind kind = ReadKind(map);
        bool backfill = map.Value("backfill", Kinds.Flag, false);
        map.Done();
        if ((list ?? stream) == dead) map.Mistake("dead_letters", "is the key that is read");
        if (url is null || (list ?? stream) is not { } key) return null;
        if (password is null && url.UserInfo.Split(':') is [_, { } inAddress]) password = Uri.UnescapeDataString(inAddress);
        return new()
        {
            Id = id,
            Url = url,
            Password = password,
            Key = key,
            IsStream = stream is not null,
            Group = group,
            Kind = kind,
            DeadLetters = dead == "none" ? null : dead,
            Backfill = backfill,
            Poll = poll,
        };
    }

    private static QueueKind ReadKind(MapReader map)
    {
        QueueKind kind = map.Value("kind", s_kind, QueueKind.Events);
        if (!QueueKinds.Has(kind)) map.Mistake("kind", $"{s_kind.Format(kind)} are not understood yet; events and api_calls are");
        return kind;
    }

    /// <summary>A secret in place, or in the file that the name with _file says.</summary>
    private static string? ReadSecret(MapReader map, string name)
    {
        string? text = map.Value(name, Kinds.OptionalText, null);
        if (map.Value($"{name}_file", Kinds.OptionalText, null) is not { } path) return text;
        try
        {
            if (new FileInfo(path).Length <= MostSecretBytes) return File.ReadAllText(path).TrimEnd('\r', '\n');
            map.Mistake($"{name}_file", $"the file {Kinds.Quote(path)} is too long for a secret");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            map.Mistake($"{name}_file", $"the file {Kinds.Quote(path)} can't be read");
        }

        return null;
    }

    private static Uri? ReadUrl(string text, string[] schemes, Action<string> mistake)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && schemes.Contains(url.Scheme) && url.Host.Length > 0) return url;
        mistake($"not an address that begins with {schemes[0]}:// or {schemes[1]}://");
        return null;
    }

    private string ReadId(MapReader map, string byDefault)
    {
        string id = map.Value("id", s_id, "");
        if (id.Length == 0) return NewId(byDefault);
        if (!_ids.Add(id)) map.Mistake("id", $"{Kinds.Quote(id)} is another source's");
        return id;
    }

    private string NewId(string name)
    {
        string id = name;
        for (int i = 2; !_ids.Add(id); i++) id = $"{name}-{i}";
        return id;
    }

    private static void Add<T>(List<T> to, T? item)
        where T : class
    {
        if (item is not null) to.Add(item);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
