using FsCheck;
using FsCheck.Fluent;
using Oddity.Detection;
using Oddity.Server.Api;
using Oddity.Server.Api.Series;

namespace Oddity.Server.Tests;

public sealed class ApiDownsamplingTests
{
    [Fact]
    public void Few_samples_stay_as_they_are()
    {
        Downsampling.Extremes([], 4).ShouldBe([]);
        Downsampling.Extremes([new(1, 1), new(1, 2), new(2, 3), new(9, 0)], 4).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_spike_and_a_dip_survive()
    {
        Sample[] samples = [.. Enumerable.Range(0, 10_000).Select(i => new Sample(i * 1000L, i == 4321 ? 99 : i == 8765 ? -99 : Math.Sin(i / 50.0)))];
        int[] kept = Downsampling.Extremes(samples, 200);
        kept.Length.ShouldBeInRange(100, 200);
        kept.ShouldContain(4321);
        kept.ShouldContain(8765);
    }

    [Fact]
    public void Samples_of_one_instant_and_of_all_time_do_no_harm()
    {
        Downsampling.Extremes([.. Enumerable.Range(0, 100).Select(i => new Sample(5, i))], 4).ShouldBe([0, 1, 98, 99]);
        Sample[] wide = [.. Enumerable.Range(0, 100).Select(i => new Sample(long.MinValue + (i * (long.MaxValue / 50)), i))];
        Downsampling.Extremes(wide, 10).Length.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Whatever_the_samples_their_ends_and_extremes_stay_in_order_and_the_count_is_held()
    {
        Gen<Sample[]> series = Gen.Choose(-50, 50).Two().Select(pair => (Gap: Math.Abs(pair.Item1) % 20, Value: pair.Item2)).ArrayOf()
            .Select(steps => steps.Aggregate(new List<Sample>(), (list, step) =>
            {
                list.Add(new((list.Count == 0 ? 0 : list[^1].TimeMs) + step.Gap, step.Value));
                return list;
            }).ToArray());
        Arbitrary<(Sample[] Samples, int Most)> cases = series.Zip(Gen.Choose(4, 40)).Select(pair => (pair.Item1, pair.Item2)).ToArbitrary();
        Prop.ForAll(cases, each =>
        {
            int[] kept = Downsampling.Extremes(each.Samples, each.Most);
            kept.Length.ShouldBeLessThanOrEqualTo(Math.Max(each.Most, 0));
            kept.ShouldBe(kept.Distinct().Order());
            if (each.Samples.Length == 0) return;
            kept[0].ShouldBe(0);
            kept[^1].ShouldBe(each.Samples.Length - 1);
            kept.Max(i => each.Samples[i].Value).ShouldBe(each.Samples.Max(sample => sample.Value));
            kept.Min(i => each.Samples[i].Value).ShouldBe(each.Samples.Min(sample => sample.Value));
        }).QuickCheckThrowOnFailure();
    }
}
