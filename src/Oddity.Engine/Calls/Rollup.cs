using System.IO.Compression;
using System.Text;

namespace Oddity.Engine.Calls;

/// <summary>What the calls of an interval add up to: a cell for each operation and for each service as a whole (the empty operation), and one for each edge of the service graph.</summary>
internal sealed class Rollup
{
    private const byte Version = 1;

    public SortedDictionary<(string Service, string Operation), CallCell> Cells { get; } = [];

    public SortedDictionary<(string From, string To), CallCell> Edges { get; } = [];

    /// <summary>Names among <see cref="Edges"/>' ends that tell nothing of themselves: databases, foreign servers.</summary>
    public SortedSet<string> Peers { get; } = new(StringComparer.Ordinal);

    public CallCell Cell(string service, string operation) => At(Cells, (service, operation));

    public CallCell Edge(string from, string to) => At(Edges, (from, to));

    public void Add(Rollup other)
    {
        foreach (((string service, string operation), CallCell cell) in other.Cells) Cell(service, operation).Add(cell);
        foreach (((string from, string to), CallCell cell) in other.Edges) Edge(from, to).Add(cell);
        Peers.UnionWith(other.Peers);
    }

    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using (var packed = new DeflateStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new BinaryWriter(packed, Encoding.UTF8))
        {
            writer.Write(Version);
            Save(writer, Cells);
            Save(writer, Edges);
            writer.Write7BitEncodedInt(Peers.Count);
            foreach (string peer in Peers) writer.Write(peer);
        }

        return bytes.ToArray();
    }

    public static Rollup Load(byte[] data)
    {
        using var reader = new BinaryReader(new DeflateStream(new MemoryStream(data), CompressionMode.Decompress), Encoding.UTF8);
        if (reader.ReadByte() != Version) throw new InvalidDataException("A rollup of another version.");
        var rollup = new Rollup();
        for (int n = reader.Read7BitEncodedInt(); n > 0; n--) rollup.Cells.Add((reader.ReadString(), reader.ReadString()), CallCell.Load(reader));
        for (int n = reader.Read7BitEncodedInt(); n > 0; n--) rollup.Edges.Add((reader.ReadString(), reader.ReadString()), CallCell.Load(reader));
        for (int n = reader.Read7BitEncodedInt(); n > 0; n--) rollup.Peers.Add(reader.ReadString());
        return rollup;
    }

    private static void Save(BinaryWriter to, SortedDictionary<(string, string), CallCell> cells)
    {
        to.Write7BitEncodedInt(cells.Count);
        foreach (((string first, string second), CallCell cell) in cells)
        {
            to.Write(first);
            to.Write(second);
            cell.Save(to);
        }
    }

    private static CallCell At(SortedDictionary<(string, string), CallCell> cells, (string, string) key)
    {
        if (!cells.TryGetValue(key, out CallCell? cell)) cells.Add(key, cell = new());
        return cell;
    }
}
