using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>A score of s means the same for every detector: one healthy sample in 10^(10·s), whatever noise or season the series has.</summary>
public class CalibrationTests
{
    private const int Samples = 50_000;

    /// <summary>So many times as often as it says, no score is reached, and no less often than one in so many; besides what luck makes of a handful.</summary>
    private const double Factor = 2.5;
    private const double Luck = 3;

    /// <summary>Limits that somebody set know nothing of the series.</summary>
    private static readonly string[] NoFrequency = ["threshold"];

    /// <summary>
    /// Says a score less often than it may: adaptive holds frequent samples down, an ensemble asks for agreement, and nothing about a series that varies is
    /// flat.
    /// </summary>
    private static readonly string[] Reserved = ["adaptive", "ensemble", "flatline"];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (DetectorEntry entry in DetectorCatalogue.All)
                foreach (string kind in (string[])["normal noise", "heavy tails", "a season", "counts"])
                    if (!NoFrequency.Contains(entry.Id)) cases.Add(entry.Id, kind);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_score_is_reached_about_as_often_as_it_says(string id, string kind)
    {
        var random = new Random(14);
        Detector detector = DetectorCatalogue.Find(id)!.Create(DetectorParameters.None, 1);
        int[] reached = new int[5];
        int samples = id == "random_cut_forest" ? Samples / 3 : Samples;
        long time = Start;
        for (int i = 0; i < samples; i++)
        {
            // Gaps that vary, for the detector that looks at nothing else.
            time += id == "missing" ? 1 + (long)(1000 * Waiting(random)) : 1000;
            double value = detector.Observe(new(time, Value(kind, i, random))).Value;
            for (int tenth = 2; tenth <= 4; tenth++)
                if (value >= tenth / 10.0) reached[tenth]++;
        }

        bool reserved = Reserved.Contains(id) || kind != "normal noise"; // Of other noise a formula that knows normal noise alone may fall short.
        for (int tenth = 2; tenth <= 4; tenth++)
        {
            double said = samples * Math.Pow(10, -tenth), least = reserved ? 0 : (said / Factor) - Luck;
            ((double)reached[tenth]).ShouldBeInRange(Math.Max(0, least), (Factor * said) + Luck, $"score {tenth / 10.0}");
        }
    }

    private static double Value(string kind, int i, Random random) => kind switch
    {
        "normal noise" => 50 + (5 * Gauss(random)),
        "heavy tails" => 50 + (5 * Gauss(random) / Math.Sqrt((Waiting(random) + Waiting(random)) / 2)), // Student's t of four degrees.
        "a season" => 50 + (20 * Math.Sin(i * Math.Tau / 1440)) + (3 * Gauss(random)),
        _ => Arrivals(random, 4),
    };

    private static double Waiting(Random random) => -Math.Log(1 - random.NextDouble());

    /// <summary>How many arrive in a time in which so many do on average (Poisson).</summary>
    private static double Arrivals(Random random, double mean)
    {
        int count = 0;
        for (double time = Waiting(random); time < mean; time += Waiting(random)) count++;
        return count;
    }
}
