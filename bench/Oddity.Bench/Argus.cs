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
        return 0;
    }
}
