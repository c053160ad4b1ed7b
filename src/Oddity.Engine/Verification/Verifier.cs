using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Verification;

/// <summary>Gathers what an anomaly was computed from, and says precisely what of it is no longer there.</summary>
internal sealed class Verifier(Database database, History history, Router router, TimeProvider time)
{
    public async Task<Verification> VerifyAsync(Anomaly stored)
    {
        var recomputation = new Recomputation(stored, time);
        if (stored.Detector == "manual") return recomputation.Impossible("It was reported by hand: nothing was computed.");
        if (stored.Term.StartsWith(Score.NoSample, StringComparison.Ordinal))
            return recomputation.Impossible("It tells of silence: it follows from when batches arrived, which the history does not keep.");
        if (ConfigurationThen.Of(stored) is not { } plan) return recomputation.Impossible("The settings it carries are of another version of Oddity and can't be rebuilt.");
        if (stored.Configuration.ContainsKey("vector")) return await VerifyVectorAsync(stored, recomputation).ConfigureAwait(false);
        if (router.Find(stored.Series) is not { } series) return recomputation.Impossible("Its series was deleted, and its samples with it.");
        Sample[] samples = await history.ReadArrivedAsync(series).ConfigureAwait(false);
        List<RestartTable.Restart> restarts = database.Read(connection => RestartTable.Of(connection, series.Id));
        return await recomputation.RunAsync(plan, samples, series.Count - samples.Length, restarts).ConfigureAwait(false);
    }

    /// <summary>Rows are not stored as such, but where every one of a vector's series came with it alone, they can be put together again.</summary>
    private async Task<Verification> VerifyVectorAsync(Anomaly stored, Recomputation recomputation)
    {
        if (router.FindVector(stored.Series) is not { } vector) return recomputation.Impossible("What was measured together is no longer known.");
        if (database.Read(connection => RestartTable.Of(connection, vector.Id)).Count > 0)
            return recomputation.Impossible("What watches these values together began afresh since: where among the samples is not known.");
        var columns = new Sample[vector.Dimensions.Count][];
        for (int i = 0; i < columns.Length; i++)
        {
            if (router.Find(vector.Dimensions[i]) is not { } series) return recomputation.Impossible($"The series {vector.Dimensions[i].Text} was deleted.");
            columns[i] = await history.ReadArrivedAsync(series).ConfigureAwait(false);
            if (columns[i].Length < series.Count) return recomputation.Impossible($"Not enough history: the first {series.Count - columns[i].Length} samples of {series.Key.Text} are gone.");
            if (columns[i].Length != columns[0].Length || !columns[i].Select(sample => sample.TimeMs).SequenceEqual(columns[0].Select(sample => sample.TimeMs)))
                return recomputation.Impossible("Its series also got samples one by one, so that the rows can't be told any more.");
        }

        var plans = new WatchPlans(ConfigurationThen.Options(stored.Configuration));
        var again = new VectorState(1, stored.Series, [.. vector.Dimensions], plans.Vector, new AnomalyTracker(stored.Series, plans.Vector.Plan));
        return await recomputation.RunAsync(again, vector.Dimensions, columns).ConfigureAwait(false);
    }
}
