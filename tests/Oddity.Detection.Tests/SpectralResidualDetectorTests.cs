using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class SpectralResidualDetectorTests
{
    [Fact]
    public void A_spike_on_a_beat_is_salient()
    {
        var detector = new SpectralResidualDetector();
        var random = new Random(1);
        int early = 0;
        for (int i = 0; i < 2_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), (i % 4 < 2 ? 10 : -10) + (0.5 * Gauss(random)))).Anomalous) early++;
        early.ShouldBeLessThan(4);
        Score score = detector.Observe(new(Start + 2_000_000, 60));
        score.Anomalous.ShouldBeTrue();
        score.Value.ShouldBeGreaterThan(0.4);
        score.Term.ShouldBe("saliency of the spectral residual");
        score.Upper.ShouldBeLessThan(60);
    }

    [Fact]
    public void Scale_and_offset_change_nothing()
    {
        var plain = new SpectralResidualDetector();
        var scaled = new SpectralResidualDetector();
        var random = new Random(2);
        for (int i = 0; i < 600; i++)
        {
            double value = random.Next(1000);
            plain.Observe(new(Start + (i * 1000L), value)).Statistic.ShouldBe(scaled.Observe(new(Start + (i * 1000L), (value * 1024) + 4096)).Statistic, 1e-6);
        }
    }
}
