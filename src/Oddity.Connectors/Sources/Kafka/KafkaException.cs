namespace Oddity.Connectors.Sources.Kafka;

/// <summary>Kafka, or the library that speaks to it, refused something.</summary>
internal sealed class KafkaException(int code, string message) : Exception(message)
{
    /// <summary>librdkafka's error code.</summary>
    public int Code => code;
}
