using System.Runtime.InteropServices;
using System.Text;

namespace Oddity.Connectors.Sources.Kafka;

/// <summary>What consumer and producer have in common: a librdkafka client that knows the object it belongs to.</summary>
internal abstract unsafe class KafkaClient : IDisposable
{
    private const int ErrorSize = 512;
    private GCHandle _self;

    /// <summary>librdkafka's handle; 0 once closed.</summary>
    protected nint Handle { get; private set; }

    /// <summary>What went wrong with the connection last; null once it is known to work.</summary>
    public string? Trouble { get; set; }

    /// <param name="type">0 for a producer, 1 for a consumer.</param>
    /// <param name="settings">librdkafka's own names and values.</param>
    /// <param name="register">Sets the callbacks.</param>
    /// <exception cref="KafkaException">A setting is wrong.</exception>
    protected void Open(int type, IEnumerable<KeyValuePair<string, string>> settings, Action<nint> register)
    {
        nint conf = Librdkafka.rd_kafka_conf_new();
        byte* error = stackalloc byte[ErrorSize];
        try
        {
            foreach ((string name, string value) in settings)
            {
                if (Librdkafka.rd_kafka_conf_set(conf, name, value, error, ErrorSize) != 0) throw new KafkaException(0, $"{name}: {Marshal.PtrToStringUTF8((nint)error)}");
            }

            _self = GCHandle.Alloc(this);
            Librdkafka.rd_kafka_conf_set_opaque(conf, GCHandle.ToIntPtr(_self));
            Librdkafka.rd_kafka_conf_set_log_cb(conf, 0);
            Librdkafka.rd_kafka_conf_set_error_cb(conf, &OnError);
            register(conf);
            Handle = Librdkafka.rd_kafka_new(type, conf, error, ErrorSize);
            if (Handle == 0) throw new KafkaException(0, Marshal.PtrToStringUTF8((nint)error) ?? "no client could be made");
        }
        catch
        {
            Librdkafka.rd_kafka_conf_destroy(conf);
            if (_self.IsAllocated) _self.Free();
            throw;
        }
    }

    /// <summary>Asks any broker for anything; true if one answers.</summary>
    public bool Answers(TimeSpan limit)
    {
        if (Librdkafka.rd_kafka_metadata(Handle, 0, 0, out nint metadata, (int)limit.TotalMilliseconds) != Librdkafka.NoError) return false;
        Librdkafka.rd_kafka_metadata_destroy(metadata);
        return true;
    }

    public virtual void Dispose()
    {
        if (Handle == 0) return;
        Librdkafka.rd_kafka_destroy(Handle);
        Handle = 0;
        _self.Free();
    }

    /// <summary>The object that a callback is for.</summary>
    protected static T Of<T>(nint opaque)
        where T : KafkaClient => (T)GCHandle.FromIntPtr(opaque).Target!;

    [UnmanagedCallersOnly]
    private static void OnError(nint client, int code, byte* reason, nint opaque) =>
        Of<KafkaClient>(opaque).Trouble = reason is null ? Librdkafka.Text(code) : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(reason));
}
