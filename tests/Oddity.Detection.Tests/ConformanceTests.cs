using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>What every detector must hold, run over all of them (<see cref="Subject"/>); a new one is here by being in the catalogue.</summary>
public class ConformanceTests
{
    public static TheoryData<string> Names => [.. Subject.All.Select(subject => subject.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_are_finite_and_whole_on_whatever_comes(string name)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            Detector detector = Find(name).Create(1);
            foreach (Sample sample in HostileSeries.Make(seed, 1500)) ShouldBeWhole(detector.Observe(sample), sample);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_vote_agrees_with_the_band(string name)
    {
        Subject subject = Find(name);
        for (int seed = 1; seed <= 5; seed++)
        {
            Detector detector = subject.Create(1);
            foreach (Sample sample in HostileSeries.Make(seed, 1500).Concat(Usual(seed, 1500)))
            {
                Score score = detector.Observe(sample);
                bool outside = sample.Value > score.Upper || sample.Value < score.Lower;
                if (subject.VotesByBand) score.Anomalous.ShouldBe(outside, $"{sample} {score}");
                if (subject.SilentInBand && score.Anomalous) outside.ShouldBeTrue($"{sample} {score}");
                if (score.WarmingUp && name != "adaptive" && !name.StartsWith("ensemble", StringComparison.Ordinal)) score.Anomalous.ShouldBeFalse();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_samples_get_the_same_scores_and_what_follows_changes_none(string name)
    {
        Sample[] samples = HostileSeries.Make(20, 2000);
        Score[] all = Run(Find(name).Create(7), samples);
        Run(Find(name).Create(7), samples).ShouldBe(all);
        Run(Find(name).Create(7), samples[..700]).ShouldBe(all[..700]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_and_loaded_anywhere_it_goes_on_with_the_same_bits(string name)
    {
        Subject subject = Find(name);
        var random = new Random(21);
        for (int seed = 21; seed < 25; seed++)
        {
            Sample[] samples = [.. HostileSeries.Make(seed, 800), .. Usual(seed, 800)];
            Detector whole = subject.Create(7), broken = subject.Create(7);
            for (int i = 0; i < samples.Length; i++)
            {
                if (random.Next(60) == 0) broken = Reload(subject, broken);
                Bits(broken.Observe(samples[i])).ShouldBe(Bits(whole.Observe(samples[i])), $"sample {i} of seed {seed}");
            }

            State(broken).ShouldBe(State(whole));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_state_stops_growing(string name)
    {
        Detector detector = Find(name).Create(1);
        int[] sizes = new int[2];
        for (int round = 0; round < 2; round++)
        {
            // Twenty days at one sample in ten minutes, then an hour at one a second.
            const long twentyDays = 20 * 86_400_000L;
            foreach (Sample sample in Usual(1, 2880)) detector.Observe(new((round * 2 * twentyDays) + Start + ((sample.TimeMs - Start) * 600), sample.Value));
            foreach (Sample sample in Usual(2, 3600)) detector.Observe(sample with { TimeMs = (((round * 2) + 1) * twentyDays) + sample.TimeMs });
            sizes[round] = State(detector).Length;
        }

        sizes[1].ShouldBeLessThanOrEqualTo(sizes[0] + 1024);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_state_cut_short_is_refused(string name)
    {
        Subject subject = Find(name);
        Detector detector = subject.Create(1);
        foreach (Sample sample in Usual(1, 600)) detector.Observe(sample);
        byte[] state = State(detector);
        for (int length = 0; length < state.Length; length += Math.Max(1, state.Length / 97))
            Should.Throw<InvalidDataException>(() => subject.Create(1).Load(new StateReader(state.AsMemory(0, length))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_spoilt_state_is_refused_or_harmless(string name)
    {
        Subject subject = Find(name);
        Detector detector = subject.Create(1);
        foreach (Sample sample in Usual(1, 600)) detector.Observe(sample);
        byte[] good = State(detector);
        Sample[] after = HostileSeries.Make(30, 100);
        bool trusting = name is "adaptive" or "ensemble"; // Of a figure that cannot be, these may say so, but must not fail.
        var random = new Random(31);
        for (int attempt = 0; attempt < (good.Length == 0 ? 0 : 200); attempt++)
        {
            byte[] spoilt = [.. good];
            for (int flips = random.Next(1, 9); flips > 0; flips--) spoilt[attempt % 2 == 0 ? random.Next(Math.Min(64, good.Length)) : random.Next(good.Length)] = (byte)random.Next(256);
            Detector victim = subject.Create(1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool loaded = Loads(victim, spoilt);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
            if (!loaded) continue;
            foreach (Sample sample in after)
            {
                Score score = victim.Observe(sample);
                if (!trusting) ShouldBeWhole(score, sample);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_said_of_a_constant_or_of_one_sample(string name)
    {
        foreach (double level in (double[])[0, 50, -1e9, 1e-300])
        {
            Detector detector = Find(name).Create(1);
            for (int i = 0; i < 500; i++) detector.Observe(new(Start + (i * 1000L), level)).Anomalous.ShouldBeFalse();
        }
    }

    [Fact]
    public void Defaults_have_no_mistakes_and_names_nobody_knows_do()
    {
        foreach (DetectorEntry entry in DetectorCatalogue.All)
        {
            DetectorParameters none = entry.Id == "threshold" ? With(("above", "1")) : DetectorParameters.None, typo = With(("typo", "1"), ("above", "1"));
            entry.Create(none, 1);
            none.Mistakes.ShouldBeEmpty(entry.Id);
            entry.Create(typo, 1);
            typo.Mistakes.ShouldContain("typo: unknown parameter");
        }
    }

    [Fact]
    public void Ids_are_lower_case_and_found_in_any_case()
    {
        foreach (DetectorEntry entry in DetectorCatalogue.All)
        {
            entry.Id.ShouldBe(entry.Id.ToLowerInvariant());
            entry.Summary.ShouldNotBeNullOrWhiteSpace();
            DetectorCatalogue.Find(entry.Id.ToUpperInvariant()).ShouldBeSameAs(entry);
        }

        DetectorCatalogue.Find("nobody").ShouldBeNull();
    }

    [Theory]
    [InlineData("zscore")]
    [InlineData("percentile")]
    [InlineData("mad")]
    [InlineData("moving_average")]
    [InlineData("ewma")]
    [InlineData("threshold")]
    [InlineData("flatline")]
    [InlineData("rate_of_change")]
    [InlineData("missing")]
    [InlineData("half_space_trees")]
    [InlineData("random_cut_forest")]
    [InlineData("spectral_residual")]
    public void Once_warm_it_allocates_nothing(string id)
    {
        Detector detector = DetectorCatalogue.Find(id)!.Create(With(("above", "1e9")), 1);
        Sample[] samples = [.. Usual(1, 4000)];
        for (int i = 0; i < 2000; i++) detector.Observe(samples[i]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 2000; i < 4000; i++) detector.Observe(samples[i]);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static Subject Find(string name) => Subject.All.Single(subject => subject.Name == name);

    /// <summary>A sample a second around 50, with a spike and a shift now and then.</summary>
    private static IEnumerable<Sample> Usual(int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
            yield return new(Start + (i * 1000L), 50 + (3 * Gauss(random)) + (random.Next(300) == 0 ? 100 : 0) + (i % 700 > 650 ? 30 : 0));
    }

    private static Score[] Run(Detector detector, Sample[] samples) => Array.ConvertAll(samples, sample => detector.Observe(sample));

    private static (long, long, long, long, long, long, bool, bool, string) Bits(Score score) =>
        (B(score.Value), B(score.Severity), B(score.Expected), B(score.Lower), B(score.Upper), B(score.Statistic), score.Anomalous, score.WarmingUp, score.Term);

    private static long B(double value) => BitConverter.DoubleToInt64Bits(value);

    private static byte[] State(Detector detector)
    {
        var writer = new StateWriter();
        detector.Save(writer);
        return writer.Written.ToArray();
    }

    private static Detector Reload(Subject subject, Detector detector)
    {
        byte[] state = State(detector);
        Detector copy = subject.Create(7);
        var reader = new StateReader(state);
        copy.Load(reader);
        reader.Remaining.ShouldBe(0);
        State(copy).ShouldBe(state);
        return copy;
    }

    private static bool Loads(Detector detector, byte[] state)
    {
        try
        {
            detector.Load(new StateReader(state));
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static void ShouldBeWhole(in Score score, in Sample sample)
    {
        bool whole = score.Value is >= 0 and <= 1 && score.Severity is >= 0 and <= 1 && double.IsFinite(score.Expected) && double.IsFinite(score.Statistic)
            && score.Lower <= score.Upper && !double.IsPositiveInfinity(score.Lower) && !double.IsNegativeInfinity(score.Upper) && !string.IsNullOrEmpty(score.Term);
        if (!whole) Assert.Fail($"{sample} got {score}");
    }
}
