using FsCheck;
using FsCheck.Fluent;
using Oddity.Detection;
using Oddity.Engine.Chunks;

namespace Oddity.Engine.Tests;

public class ChunkCodecTests
{
    [Fact]
    public void Any_times_and_values_come_back_to_the_bit() =>
        Prop.ForAll<(long Time, long Bits)[]>(pairs =>
        {
            Sample[] samples = [.. pairs.Select(pair => new Sample(pair.Time, BitConverter.Int64BitsToDouble(pair.Bits)))];
            Sample[] back = ChunkCodec.Decode(ChunkCodec.Encode(samples));
            back.Select(Bits).ShouldBe(samples.Select(Bits));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Extremes_come_back()
    {
        double[] values = [0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, 1, 1, 1, -1e-308, Math.PI];
        long[] times = [0, long.MaxValue, long.MinValue, -1, 1, 1, 1_700_000_000_000, 1_700_000_015_000, 1_700_000_030_000, 1_700_000_030_001];
        Sample[] samples = [.. times.Zip(values, (time, value) => new Sample(time, value))];
        ChunkCodec.Decode(ChunkCodec.Encode(samples)).Select(Bits).ShouldBe(samples.Select(Bits));
    }

    [Fact]
    public void A_steady_constant_series_takes_two_bits_a_sample()
    {
        Sample[] samples = [.. Enumerable.Range(0, 512).Select(i => new Sample(1_700_000_000_000 + (i * 15_000L), 42))];
        ChunkCodec.Encode(samples).Length.ShouldBeLessThan(512 * 2 / 8 + 64);
    }

    [Fact]
    public void Decimals_counters_and_walks_take_little_more_than_what_is_new_in_them()
    {
        Size((random, value) => value + random.Next(211)).ShouldBeLessThan(1.15);
        Size((random, value) => Math.Round(value + random.NextDouble() - 0.5, 2)).ShouldBeLessThan(1.0);
        Size((random, value) => value + ((random.NextInt64(1L << 32) / 4294967296.0) - 0.5)).ShouldBeLessThan(4.15);
        Size((random, value) => value + random.NextDouble() - 0.5).ShouldBeLessThan(6.5);
    }

    [Fact]
    public void A_bit_flipped_anywhere_is_seen()
    {
        byte[] good = ChunkCodec.Encode([.. Enumerable.Range(0, 100).Select(i => new Sample(i * 1000L, Math.Sin(i)))]);
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<InvalidDataException>(() => ChunkCodec.Decode(bad));
        }
    }

    [Fact]
    public void Blocks_of_any_length_go_on_from_the_last()
    {
        var random = new System.Random(3);
        Sample[] samples = [.. Enumerable.Range(0, 600).Select(i => new Sample(i * 15_000L + (i % 90 == 0 ? 7 : 0), i < 200 ? Math.Round(random.NextDouble() * 9, 2) : i < 400 ? 5 : random.NextDouble()))];
        byte[] bytes = new byte[64_000];
        int at = 0;
        BlockEnd end = default;
        for (int i = 0, count; i < samples.Length; i += count)
        {
            count = Math.Min(random.Next(1, 129), samples.Length - i);
            at += BlockCodec.Write(samples.AsSpan(i, count), ref end, bytes.AsSpan(at));
        }

        var back = new Sample[samples.Length];
        ChunkCodec.ReadBlocks(bytes.AsSpan(0, at), back);
        back.Select(Bits).ShouldBe(samples.Select(Bits));
    }

    [Fact]
    public void Damage_is_an_InvalidDataException_or_other_numbers_and_never_anything_else()
    {
        byte[] good = ChunkCodec.Encode([.. Enumerable.Range(0, 100).Select(i => new Sample(i * 1000L, Math.Sin(i)))]);
        var random = new System.Random(7);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bad = good[..random.Next(good.Length + 1)];
            for (int flip = 0; flip < 3 && bad.Length > 0; flip++) bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                ChunkCodec.Decode(bad).Length.ShouldBeLessThan(good.Length * 8);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static double Size(Func<System.Random, double, double> next)
    {
        var random = new System.Random(1);
        double value = 50;
        return ChunkCodec.Encode([.. Enumerable.Range(0, 512).Select(i => new Sample(1_760_000_000_000 + (i * 15_000L), value = next(random, value)))]).Length / 512.0;
    }

    private static (long, long) Bits(Sample sample) => (sample.TimeMs, BitConverter.DoubleToInt64Bits(sample.Value));
}
