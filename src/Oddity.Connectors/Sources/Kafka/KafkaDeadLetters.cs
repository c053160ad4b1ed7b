using System.Globalization;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>Sends messages that can't be let in to their dead-letter topic: the body as it was, reason and origin as headers.</summary>
internal sealed class KafkaDeadLetters(KafkaOptions options) : IDisposable
{
    private const int Attempts = 3;
    private const int MostHeader = 1_024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private KafkaProducer? _producer;

    /// <summary>Gives back those that did not arrive, after three attempts.</summary>
    public IReadOnlyList<DeadLetter> Send(IReadOnlyList<DeadLetter> letters, CancellationToken cancel)
    {
        if (options.DeadLetters is not { } pattern) return [];
        _producer ??= new(KafkaSettings.Producer(options));
        IReadOnlyList<DeadLetter> left = letters;
        for (int attempt = 0; attempt < Attempts && left.Count > 0; attempt++)
        {
            cancel.ThrowIfCancellationRequested();
            IReadOnlyList<int> outcome = _producer.Send([.. left.Select(letter => (pattern.Replace("{topic}", letter.Message.Topic, StringComparison.Ordinal), letter.Message.Body, Headers(letter)))], s_limit);
            left = [.. left.Where((_, index) => outcome[index] != Librdkafka.NoError)];
        }

        return left;
    }

    public void Dispose() => _producer?.Dispose();

    private IReadOnlyList<(string, string)> Headers(DeadLetter letter) =>
    [
        ("oddity-code", letter.Code),
        ("oddity-reason", letter.Detail.Length > MostHeader ? letter.Detail[..MostHeader] : letter.Detail),
        ("oddity-source", options.Id),
        ("oddity-topic", letter.Message.Topic),
        ("oddity-partition", letter.Message.Partition.ToString(CultureInfo.InvariantCulture)),
        ("oddity-offset", letter.Message.Number.ToString(CultureInfo.InvariantCulture)),
    ];
}
