using System.Reflection;
using System.Runtime.InteropServices;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>
/// The functions of librdkafka (1.6 or newer) that the Kafka source uses. The library is the system's own and looked for when first needed: a server without it starts,
/// and a Kafka source then says what to install. Names and layouts are those of rdkafka.h.
/// </summary>
internal static unsafe partial class Librdkafka
{
    public const int NoError = 0, AssignPartitions = -175, RevokePartitions = -174, NoOffset = -1001;

    private const string Library = "librdkafka";
    private const int LeastVersion = 0x010600ff;
    private static readonly Lazy<nint> s_library = new(Load);

    static Librdkafka() =>
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), static (name, _, _) => name == Library ? s_library.Value : 0);

    /// <summary>Why Kafka can't be used here; null if it can.</summary>
    public static string? Missing()
    {
        if (s_library.Value == 0)
            return "needs the system library librdkafka 1.6 or newer, which is not there (Debian and Ubuntu: apt-get install librdkafka1; Fedora: librdkafka; macOS: brew install librdkafka)";
        return rd_kafka_version() < LeastVersion ? $"needs librdkafka 1.6 or newer, {Marshal.PtrToStringUTF8(rd_kafka_version_str())} is installed" : null;
    }

    /// <summary>A sentence for an error code.</summary>
    public static string Text(int error) => Marshal.PtrToStringUTF8(rd_kafka_err2str(error)) ?? $"error {error}";

    private static nint Load()
    {
        foreach (string name in (string[])["librdkafka.so.1", "librdkafka.1.dylib", "librdkafka"])
        {
            if (NativeLibrary.TryLoad(name, out nint library)) return library;
        }

        return 0;
    }

    [LibraryImport(Library)]
    public static partial int rd_kafka_version();

    [LibraryImport(Library)]
    public static partial nint rd_kafka_version_str();

    [LibraryImport(Library)]
    public static partial nint rd_kafka_err2str(int error);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_destroy(nint conf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_conf_set(nint conf, string name, string value, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_opaque(nint conf, nint opaque);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_log_cb(nint conf, nint callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_rebalance_cb(nint conf, delegate* unmanaged<nint, int, PartitionList*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_error_cb(nint conf, delegate* unmanaged<nint, int, byte*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_dr_msg_cb(nint conf, delegate* unmanaged<nint, Message*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_new(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    public static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library)]
    public static partial int rd_kafka_poll_set_consumer(nint client);

    [LibraryImport(Library)]
    public static partial int rd_kafka_subscribe(nint client, PartitionList* topics);

    [LibraryImport(Library)]
    public static partial Message* rd_kafka_consumer_poll(nint client, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int rd_kafka_consumer_close(nint client);

    [LibraryImport(Library)]
    public static partial void rd_kafka_message_destroy(Message* message);

    [LibraryImport(Library)]
    public static partial long rd_kafka_message_timestamp(Message* message, out int type);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_topic_name(nint topic);

    [LibraryImport(Library)]
    public static partial int rd_kafka_assign(nint client, PartitionList* partitions);

    [LibraryImport(Library)]
    public static partial int rd_kafka_pause_partitions(nint client, PartitionList* partitions);

    [LibraryImport(Library)]
    public static partial int rd_kafka_resume_partitions(nint client, PartitionList* partitions);

    [LibraryImport(Library)]
    public static partial int rd_kafka_committed(nint client, PartitionList* partitions, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int rd_kafka_commit(nint client, PartitionList* offsets, int async);

    [LibraryImport(Library)]
    public static partial PartitionList* rd_kafka_topic_partition_list_new(int size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Partition* rd_kafka_topic_partition_list_add(PartitionList* list, string topic, int partition);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_partition_list_destroy(PartitionList* list);

    [LibraryImport(Library)]
    public static partial int rd_kafka_metadata(nint client, int allTopics, nint onlyTopic, out nint metadata, int timeoutMs);

    [LibraryImport(Library)]
    public static partial void rd_kafka_metadata_destroy(nint metadata);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_produceva(nint client, Value* values, nuint count);

    [LibraryImport(Library)]
    public static partial int rd_kafka_error_code(nint error);

    [LibraryImport(Library)]
    public static partial void rd_kafka_error_destroy(nint error);

    [LibraryImport(Library)]
    public static partial int rd_kafka_flush(nint client, int timeoutMs);

    /// <summary>What librdkafka frees with the list or the message that holds it must come from C's own memory.</summary>
    [LibraryImport("libc")]
    public static partial void* malloc(nuint size);

    /// <summary>rd_kafka_message_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public byte* Payload;
        public nuint Length;
        public byte* Key;
        public nuint KeyLength;
        public long Offset;
        public nint Private;
    }

    /// <summary>rd_kafka_topic_partition_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Partition
    {
        public byte* Topic;
        public int Number;
        public long Offset;
        public void* Metadata;
        public nuint MetadataSize;
        public nint Opaque;
        public int Error;
        public nint Private;
    }

    /// <summary>rd_kafka_topic_partition_list_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PartitionList
    {
        public int Count;
        public int Size;
        public Partition* Items;
    }

    /// <summary>rd_kafka_vu_t: a tag and a union of 64 bytes, of which at most three words are used.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 72)]
    public struct Value
    {
        public const int OfTopic = 1, OfPartition = 3, OfValue = 4, OfKey = 5, OfOpaque = 6, OfFlags = 7, OfHeader = 9;

        public int Tag;
        public nint First;
        public nint Second;
        public nint Third;
    }
}
