using FsCheck;
using FsCheck.Fluent;
using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

public class OpenChunkTests
{
    [Fact]
    public void What_goes_in_comes_out_at_every_length_also_after_saving() =>
        Prop.ForAll<(long Time, double Value)[]>(pairs =>
        {
            Sample[] samples = [.. Enumerable.Repeat(pairs, 12).SelectMany(all => all).Take(511).Select(pair => new Sample(pair.Time, pair.Value))];
            var chunk = new OpenChunk();
            foreach (Sample sample in samples) chunk.Add(sample);
            Bits(chunk.ToArray()).ShouldBe(Bits(samples));
            OpenChunk again = Copy(chunk);
            Bits(again.ToArray()).ShouldBe(Bits(samples));
            again.Add(new(1, 2));
            chunk.Add(new(1, 2));
            Bytes(again).ShouldBe(Bytes(chunk));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flipped_bit_is_noticed()
    {
        var chunk = new OpenChunk();
        for (int i = 0; i < 50; i++) chunk.Add(new(i * 1000, i / 7.0));
        byte[] good = Bytes(chunk);
        for (int bit = 0; bit < good.Length * 8; bit += 3)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<InvalidDataException>(() => OpenChunk.Load(new(bad), 512));
        }
    }

    private static OpenChunk Copy(in OpenChunk chunk) => OpenChunk.Load(new(Bytes(chunk)), 512);

    private static byte[] Bytes(in OpenChunk chunk)
    {
        var writer = new StateWriter();
        chunk.Save(writer);
        return writer.Written.ToArray();
    }

    private static (long, ulong)[] Bits(Sample[] samples) => Array.ConvertAll(samples, sample => (sample.TimeMs, BitConverter.DoubleToUInt64Bits(sample.Value)));
}
