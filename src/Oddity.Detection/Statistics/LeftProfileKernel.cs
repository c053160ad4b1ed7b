using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Oddity.Detection.Statistics;

/// <summary>
/// The two loops of <see cref="LeftProfile"/>, sixteen at a time where the processor has AVX2 and one by one elsewhere. The same bits either way: the products
/// are whole numbers, each correlation is rounded by itself, and the first of the greatest is the answer whatever the order.
/// </summary>
internal static class LeftProfileKernel
{
    /// <summary>Entries after which the greatest is looked at, so that only so many need a second look.</summary>
    private const int Block = 64;

    /// <summary>sums[e] += a[e] · times + b[e] · timesB, for all e.</summary>
    public static void Add(Span<int> sums, ReadOnlySpan<short> a, int times, ReadOnlySpan<short> b, int timesB)
    {
        int e = 0;
        if (Avx2.IsSupported)
        {
            var both = Vector256.Create((times & 0xFFFF) | (timesB << 16)).AsInt16();
            ref int sum = ref MemoryMarshal.GetReference(sums);
            ref short left = ref MemoryMarshal.GetReference(a[..sums.Length]), right = ref MemoryMarshal.GetReference(b[..sums.Length]);
            for (; e + 16 <= sums.Length; e += 16)
            {
                Vector256<short> one = Vector256.LoadUnsafe(ref left, (nuint)e), two = Vector256.LoadUnsafe(ref right, (nuint)e);
                Vector256<int> low = Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(one, two), both), high = Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(one, two), both);
                (Vector256.LoadUnsafe(ref sum, (nuint)e) + Avx2.Permute2x128(low, high, 0x20)).StoreUnsafe(ref sum, (nuint)e);
                (Vector256.LoadUnsafe(ref sum, (nuint)e + 8) + Avx2.Permute2x128(low, high, 0x31)).StoreUnsafe(ref sum, (nuint)e + 8);
            }
        }

        for (; e < sums.Length; e++) sums[e] += (a[e] * times) + (b[e] * timesB);
    }

    /// <summary>The greatest (window · products[e] − sums[e] · sum) · inverses[e], and the first e that has it.</summary>
    public static (double Most, int At) Most(ReadOnlySpan<int> products, ReadOnlySpan<int> sums, ReadOnlySpan<float> inverses, int window, int sum)
    {
        double most = double.NegativeInfinity;
        int at = 0, e = 0;
        if (Avx2.IsSupported)
        {
            (Vector256<double> by, Vector256<double> less) = (Vector256.Create((double)window), Vector256.Create((double)sum));
            ref int product = ref MemoryMarshal.GetReference(products);
            ref int own = ref MemoryMarshal.GetReference(sums[..products.Length]);
            ref float inverse = ref MemoryMarshal.GetReference(inverses[..products.Length]);
            for (; e + Block <= products.Length; e += Block)
            {
                var one = Vector256.Create(double.NegativeInfinity);
                Vector256<double> two = one;
                for (int i = e; i < e + Block; i += 8)
                {
                    one = Avx.Max(one, Four(ref product, ref own, ref inverse, i, by, less));
                    two = Avx.Max(two, Four(ref product, ref own, ref inverse, i + 4, by, less));
                }

                one = Avx.Max(one, two);
                Vector128<double> half = Sse2.Max(one.GetLower(), one.GetUpper());
                double here = Math.Max(half[0], half[1]);
                if (here > most) (most, at) = (here, e);
            }

            if (e > 0) at = First(products, sums, inverses, window, sum, at, most);
        }

        for (; e < products.Length; e++)
        {
            double here = One(products, sums, inverses, window, sum, e);
            if (here > most) (most, at) = (here, e);
        }

        return (most, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Four(ref int product, ref int own, ref float inverse, int at, Vector256<double> by, Vector256<double> less)
    {
        Vector256<double> products = Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref product, (nuint)at));
        Vector256<double> sums = Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref own, (nuint)at));
        return ((by * products) - (less * sums)) * Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref inverse, (nuint)at));
    }

    private static int First(ReadOnlySpan<int> products, ReadOnlySpan<int> sums, ReadOnlySpan<float> inverses, int window, int sum, int from, double most)
    {
        while (One(products, sums, inverses, window, sum, from) != most) from++;
        return from;
    }

    private static double One(ReadOnlySpan<int> products, ReadOnlySpan<int> sums, ReadOnlySpan<float> inverses, int window, int sum, int e) =>
        (((double)window * products[e]) - ((double)sum * sums[e])) * inverses[e];
}
