using System.Globalization;
using Oddity.Connectors.Sources.Queues;
using Oddity.Engine;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>
/// One membership of the group, on one thread, in rounds: gather messages; put them on disk; commit them as this worker's; let them in. What was committed is this
/// worker's whatever happens, what was not is nobody's yet (docs/decisions/0010-queues.md).
/// </summary>
internal sealed class KafkaSession : IDisposable
{
    private const int MostMessages = 10_000;
    private const long MostBytes = 8 << 20;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(3);

    /// <summary>The coordinator will not take this commit from this member any more: a rebalance has begun or ended without it.</summary>
    private static readonly int[] s_fenced = [22, 25, 27, 82, -142, -172];

    private readonly KafkaOptions _options;
    private readonly Pipeline _pipeline;
    private readonly Staging _staging;
    private readonly QueueIntake _intake;
    private readonly SourceHealth _health;
    private readonly TimeProvider _time;
    private readonly KafkaDeadLetters _deadLetters;
    private readonly KafkaConsumer _consumer;
    private readonly Dictionary<(string Topic, int Partition), KafkaOwners> _owners = [];
    private readonly CancellationToken _cancel;

    // Messages of partitions that are this worker's, in no round yet.
    private readonly List<QueueMessage> _gathered = [];
    private long _gatheredBytes;

    // The round in hand, and which of its spans the group's commits say are this worker's; null while that is not known.
    private StagedRound? _round;
    private List<StagedRound.Span>? _own;
    private bool _mayCommit;
    private long _committedAt;
    private long _lookedAt;

    public KafkaSession(KafkaOptions options, Pipeline pipeline, Staging staging, QueueIntake intake, SourceHealth health, TimeProvider time, CancellationToken cancel)
    {
        (_options, _pipeline, _staging, _intake, _health, _time, _cancel) = (options, pipeline, staging, intake, health, time, cancel);
        _round = staging.Begin();
        _lookedAt = time.GetTimestamp();
        _deadLetters = new(options);
        _consumer = new(KafkaSettings.Consumer(options), options.Topics.Select(topic => topic.Name), Assigned, Revoked);
    }

    /// <summary>Works until cancelled.</summary>
    /// <exception cref="KafkaException">Something that a new session may mend.</exception>
    public void Run()
    {
        while (!_cancel.IsCancellationRequested)
        {
            if (_round is null) Gather();
            else if (_own is null) Settle(_round);
            else LetIn(_round, _own);
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _deadLetters.Dispose();
    }

    /// <summary>Waits for messages, a little longer for company, and makes them a round.</summary>
    private void Gather()
    {
        if (_gathered.Count == 0) Serve(s_tick);
        long begun = _time.GetTimestamp();
        while (_gathered.Count > 0 && _gathered.Count < MostMessages && _gatheredBytes < MostBytes && _round is null)
        {
            TimeSpan left = s_linger - _time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) break;
            Serve(left);
        }

        if (_gathered.Count == 0)
        {
            Look();
            return;
        }

        StagedRound.Span[] spans =
        [
            .. _gathered.GroupBy(message => (message.Topic, message.Partition))
                .Select(group => new StagedRound.Span(group.Key.Topic, group.Key.Partition, group.First().Number, group.Last().Number + 1)),
        ];
        _round = _staging.Stage(spans, [.. _gathered]);
        _own = null;
        _mayCommit = true;
        Forget();
        Commit(_round);
    }

    /// <summary>It is not known yet whose the round is: the commit failed, or another process began it. Assignment tells, or another attempt.</summary>
    private void Settle(StagedRound round)
    {
        if (_mayCommit && _time.GetElapsedTime(_committedAt) >= s_again) Commit(round);
        if (_own is null) Idle(s_tick);
        if (_own is not null) _consumer.Resume();
    }

    private void Commit(StagedRound round)
    {
        _committedAt = _time.GetTimestamp();
        try
        {
            _consumer.Commit([.. round.Spans.Select(span => new KafkaOffset(span.Topic, span.Partition, span.To, OwnersOf(span.Topic, span.Partition).With(round.Worker, span.To)))]);
            foreach (StagedRound.Span span in round.Spans) OwnersOf(span.Topic, span.Partition).Set(round.Worker, span.To);
            _own = [.. round.Spans];
        }
        catch (KafkaException error)
        {
            if (s_fenced.Contains(error.Code)) _mayCommit = false;
            _health.Failed($"{_options.Brokers}: committing: {error.Message}; {round.Messages.Count} messages wait");
        }
    }

    private void LetIn(StagedRound round, List<StagedRound.Span> own)
    {
        HashSet<(string, int)> places = [.. own.Select(span => (span.Topic, span.Partition))];
        QueueMessage[] messages = [.. round.Messages.Where(message => places.Contains((message.Topic, message.Partition)))];
        if (messages.Length > 0)
        {
            SourcePosition[] positions =
            [
                _staging.Done(round), .. own.Select(span => new SourcePosition(PlaceOf(span.Topic, span.Partition), span.To.ToString(CultureInfo.InvariantCulture))),
            ];
            _intake.TakeAsync(messages, positions, (letters, cancel) => Task.FromResult(_deadLetters.Send(letters, cancel)), WaitAsync, _cancel).GetAwaiter().GetResult();
            _consumer.Resume();
            _health.Ok(Describe());
        }

        (_round, _own) = (null, null);
    }

    /// <summary>Members must poll: so it does, with all partitions paused.</summary>
    private Task WaitAsync(TimeSpan pause, CancellationToken cancel)
    {
        long begun = _time.GetTimestamp();
        while (!cancel.IsCancellationRequested && _time.GetElapsedTime(begun) < pause) Idle(s_tick);
        return Task.CompletedTask;
    }

    private void Idle(TimeSpan limit)
    {
        _consumer.Pause();
        Serve(limit);
    }

    private void Serve(TimeSpan limit)
    {
        try
        {
            if (_consumer.Poll(limit) is not { } message) return;
            _gathered.Add(message);
            _gatheredBytes += message.Body.Length;
        }
        catch (KafkaException error) when (error.Code is not 0)
        {
            _consumer.Trouble = error.Message;
        }
    }

    /// <summary>While nothing comes: whether that is because nothing works.</summary>
    private void Look()
    {
        if (_time.GetElapsedTime(_lookedAt) < s_look) return;
        _lookedAt = _time.GetTimestamp();
        if (_consumer.Trouble is { } trouble)
        {
            _health.Failed($"{_options.Brokers}: {trouble}");
            if (_consumer.Answers(TimeSpan.FromSeconds(1))) _consumer.Trouble = null;
        }
        else
        {
            _health.Ok(Describe());
        }
    }

    /// <summary>
    /// A new generation has begun, and the coordinator refuses what this worker sent in the last. So the group's commits now tell for good whether the round in hand
    /// became this worker's, and where each partition goes on.
    /// </summary>
    private IReadOnlyList<KafkaOffset> Assigned(IReadOnlyList<KafkaOffset> given)
    {
        IReadOnlyList<KafkaOffset> open = _round is not null && _own is null ? [.. _round.Spans.Select(span => new KafkaOffset(span.Topic, span.Partition))] : [];
        KafkaOffset[] asked = [.. given.Concat(open).Distinct()];
        Dictionary<(string, int), KafkaOffset> committed = asked.Length == 0 ? [] : _consumer.Committed(asked, TimeSpan.FromSeconds(10)).ToDictionary(found => (found.Topic, found.Partition));
        _owners.Clear();
        foreach (((string, int) place, KafkaOffset found) in committed) _owners[place] = new(found.Note);
        if (open.Count > 0) _own = [.. _round!.Spans.Where(span => OwnersOf(span.Topic, span.Partition).Reached(_round.Worker, span.To))];
        _lookedAt = 0;
        return [.. given.Select(place => place with { Offset = Start(committed[(place.Topic, place.Partition)]) })];
    }

    /// <summary>
    /// What the group committed, unless the log is further: then the brokers forgot the last commits, or all of them. An offset without a worker's note was set by
    /// somebody who means it.
    /// </summary>
    private long? Start(KafkaOffset committed)
    {
        long? logged = long.TryParse(_pipeline.PositionOf(PlaceOf(committed.Topic, committed.Partition)), out long position) ? position : null;
        if (_own?.Find(span => span.Topic == committed.Topic && span.Partition == committed.Partition) is { To: > 0 } span) logged = Math.Max(span.To, logged ?? 0);
        if (committed.Offset is null) return logged;
        return OwnersOf(committed.Topic, committed.Partition).IsOurs && logged > committed.Offset ? logged : committed.Offset;
    }

    private void Revoked()
    {
        _mayCommit = false;
        _owners.Clear();
        Forget();
    }

    private void Forget()
    {
        _gathered.Clear();
        _gatheredBytes = 0;
    }

    private KafkaOwners OwnersOf(string topic, int partition)
    {
        if (!_owners.TryGetValue((topic, partition), out KafkaOwners? owners)) _owners[(topic, partition)] = owners = new("");
        return owners;
    }

    private string PlaceOf(string topic, int partition) => $"{_options.Id}/{_options.Group}/{topic}/{partition}";

    private string Describe() => $"{_consumer.Assignment.Count} partitions of {string.Join(", ", _options.Topics.Select(topic => topic.Name))} at {_options.Brokers}";
}
