using System.Globalization;
using System.Security.Cryptography;
using Oddity.Engine;
using Oddity.Engine.Intake;
using Oddity.Engine.Storage;

namespace Oddity.Connectors.Sources.Queues;

/// <summary>
/// The round a worker has in hand: on disk before the broker is told, done when the log has its number. There is at most one.
/// </summary>
/// <param name="path">Its file, in the data directory.</param>
/// <param name="place">Name of the source in the log.</param>
/// <param name="pipeline">Knows what the log has.</param>
internal sealed class Staging(string path, string place, Pipeline pipeline) : IDisposable
{
    private readonly StagedFile _file = new(path);
    private long _last;

    /// <summary>Who this worker is to the others that share its queue: a name that stays with the data directory.</summary>
    public string Worker { get; private set; } = "";

    /// <summary>The round that the process before this one had in hand; null if it had none, or had let it in.</summary>
    public StagedRound? Begin()
    {
        _last = long.Parse(pipeline.PositionOf(place) ?? "0", CultureInfo.InvariantCulture);
        StagedRound? left = _file.Read() is { } bytes ? StagedRound.From(bytes) : null;
        Worker = left?.Worker ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
        if (left is null) _file.Write(new StagedRound(_last, Worker, [], []).ToBytes());
        if (left is null || left.Number <= _last) return null;
        _last = left.Number;
        return left.Messages.Count > 0 ? left : null;
    }

    /// <summary>Puts messages on disk as the next round.</summary>
    public StagedRound Stage(IReadOnlyList<StagedRound.Span> spans, IReadOnlyList<QueueMessage> messages)
    {
        var round = new StagedRound(_last + 1, Worker, spans, messages);
        _file.Write(round.ToBytes());
        _last = round.Number;
        return round;
    }

    /// <summary>What says in the log that a round was let in.</summary>
    public SourcePosition Done(StagedRound round) => new(place, round.Number.ToString(CultureInfo.InvariantCulture));

    public void Dispose() => _file.Dispose();
}
