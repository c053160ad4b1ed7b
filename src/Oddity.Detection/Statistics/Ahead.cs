using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Oddity.Detection.Statistics;

/// <summary>
/// Asks for memory before it is needed. With thousands of series by turns nothing of one is in the nearest cache, and a detector that asks for it piece by piece
/// waits for each. Changes no result; does nothing where the processor has no such instruction.
/// </summary>
internal static class Ahead
{
    private const int Line = 64;

    /// <summary>All the lines of a span.</summary>
    public static unsafe void Fetch<T>(ReadOnlySpan<T> items)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        // A collector that moves the items meanwhile makes it a wasted hint.
        byte* from = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(items)), end = from + (items.Length * sizeof(T));
        for (; from < end; from += Line) Sse.Prefetch0(from);
    }

    /// <summary>The line of one item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref T item)
        where T : unmanaged
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref item));
    }
}
