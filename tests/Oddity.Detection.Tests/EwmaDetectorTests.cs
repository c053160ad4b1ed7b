using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class EwmaDetectorTests
{
    [Fact]
    public void A_spike_is_odd_and_a_slow_drift_is_not()
    {
        var random = new Random(4);
        var detector = new EwmaDetector();
        int odd = 0;
        for (int i = 0; i < 2000; i++)
            if (detector.Observe(new(Start + i, (i * 0.01) + Gauss(random))).Anomalous) odd++;
        odd.ShouldBeLessThan(40); // Student's t with 18 degrees of freedom exceeds 3 in 0.8 %.
        detector.Observe(new(Start + 2000, 60)).Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void It_starts_as_the_plain_mean() => Last(new EwmaDetector(With(("min_count", "2"))), 1, 2, 3, 6, 3).Expected.ShouldBe(3);

    [Fact]
    public void A_constant_broken_is_odd() => Last(new EwmaDetector(), [.. Enumerable.Repeat(50.0, 10), 51]).Term.ShouldBe("constant series broken");
}
