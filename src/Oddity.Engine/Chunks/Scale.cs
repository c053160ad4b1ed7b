using System.Numerics;

namespace Oddity.Engine.Chunks;

/// <summary>
/// How doubles of a run become whole numbers and come back to the bit: as hundredths, say, or as multiples of a power of two. Most measured values
/// are such multiples; the test is made for each value, so that those that are not take another way.
/// </summary>
/// <param name="Code">0 to 15: times 10^Code. 16 to 80: times 2^(Code − 16). 255: none.</param>
internal readonly record struct Scale(byte Code)
{
    private const int Binary = 16, MostBinary = 64;
    private const double Largest = 1L << 53;

    private static readonly double[] Tens = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    public static Scale None => new(255);

    public bool IsNone => Code == 255;

    /// <exception cref="InvalidDataException">There is no such scale.</exception>
    public static Scale Read(byte code) => code <= Binary + MostBinary ? new(code) : throw new InvalidDataException("A chunk with an unknown scale.");

    /// <summary>The first scale that fits all values: decimal before binary; <see cref="None"/> if none does.</summary>
    public static Scale For(ReadOnlySpan<double> values, Span<long> whole)
    {
        for (byte code = 0; code < 10; code++)
        {
            var scale = new Scale(code);
            if (scale.Fits(values, whole)) return scale;
        }

        int shift = 0;
        foreach (double value in values)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(value);
            int exponent = (int)((bits >> 52) & 0x7FF);
            if (exponent == 0 && bits << 1 != 0) return None;
            if (exponent != 0) shift = Math.Max(shift, 1075 - exponent - Math.Min(52, BitOperations.TrailingZeroCount(bits)));
        }

        var binary = new Scale((byte)(Binary + Math.Min(shift, MostBinary + 1)));
        return shift <= MostBinary && binary.Fits(values, whole) ? binary : None;
    }

    /// <summary>Makes all values whole; false at the first that would not come back to the bit.</summary>
    public bool Fits(ReadOnlySpan<double> values, Span<long> whole)
    {
        double factor = Factor;
        bool divide = Code < Binary;
        double back = divide ? factor : 1 / factor;
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i], scaled = value * factor;
            if (!(Math.Abs(scaled) < Largest)) return false;
            long rounded = (long)Math.Round(scaled);
            double again = divide ? rounded / back : rounded * back;
            if (BitConverter.DoubleToInt64Bits(again) != BitConverter.DoubleToInt64Bits(value)) return false;
            whole[i] = rounded;
        }

        return true;
    }

    public double ToDouble(long whole) => Code < Binary ? whole / Tens[Code] : whole * BitConverter.Int64BitsToDouble((1023L - (Code - Binary)) << 52);

    private double Factor => Code < Binary ? Tens[Code] : BitConverter.Int64BitsToDouble((1023L + (Code - Binary)) << 52);
}
