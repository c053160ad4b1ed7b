using System.Globalization;
using Oddity.Detection;

namespace Oddity.Bench;

/// <summary>
/// Time of the ensemble of prophet, stl and isolation forest for a week of samples 5 minutes apart: each model fitted once to the 2,016 before, and 2,016 samples scored
/// by all three with their votes.
/// </summary>
internal static class Argus
{
    private const int Points = 2_016;

    public static int Print()
    {
        var parameters = new DetectorParameters(new Dictionary<string, string>
        {
            ["members"] = "argus",
            ["prophet.refit_seconds"] = "604800",
            ["prophet.history_days"] = "7",
            ["stl.refit_seconds"] = "604800",
            ["stl.history_days"] = "7",
            ["isolation_forest.batch_size"] = Points.ToString(CultureInfo.InvariantCulture),
        });
        Ensemble ensemble = Ensemble.Create(parameters, 1);
        foreach (string mistake in parameters.Mistakes) Console.Error.WriteLine(mistake);
        double[] values = Decomposition.Series(Points, 288);
        long row = 0;
        int odd = 0;
        void Week()
        {
            foreach (double value in values)
                if (ensemble.Observe(new(1_760_000_000_000 + (row++ * 300_000), value)).Anomalous) odd++;
        }

        Week();
        double ms = Timing.BestMs(Week);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"argus ensemble, {Points} points, refit and score: {ms:0.000} ms a series"));
        foreach (string id in (string[])["stl", "prophet"]) Refit(id);
        return 0;
    }

    /// <summary>One refit of a detector as it is shipped, with two weeks behind it: 4,032 slots of five minutes, a day and a week.</summary>
    private static void Refit(string id)
    {
        const int week = 2_016;
        Detector detector = DetectorCatalogue.Find(id)!.Create(DetectorParameters.None, 1);
        double[] values = [.. Decomposition.Series(week, 288).Select((value, i) => value + (i > 1_440 ? 20 : 0))];
        long row = 0;
        void Day()
        {
            for (int i = 0; i < 288; i++, row++) detector.Observe(new(1_760_000_000_000 + (row * 300_000), values[row % week]));
        }

        for (int i = 0; i < 16; i++) Day();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}: {Timing.BestMs(Day) / 24:0.000} ms a refit with the twelve samples between two"));
    }
}
