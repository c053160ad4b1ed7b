using System.Text.Json;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// Elasticsearch's bulk request: a line that names an action and an index, then, but for a deletion, a line with the document. Each action has its answer, so
/// that a bad document does not spoil the others.
/// </summary>
public static class ElasticBulkDecoder
{
    /// <summary>What becomes of one action.</summary>
    /// <param name="Action">index, create, update or delete.</param>
    /// <param name="Index">The index it names; empty for none.</param>
    /// <param name="Id">The id it gives; null for none.</param>
    /// <param name="Mistake">Why nothing was taken; null if it was.</param>
    /// <param name="Record">Its number among the batch's records; -1 if it is none.</param>
    public sealed record Item(string Action, string Index, string? Id, string? Mistake, int Record);

    private static readonly JsonDocumentOptions s_document = new() { MaxDepth = LogDecoder.MaxDepth };

    /// <summary>Decodes a body into lines and one item an action. False: the lines do not go in pairs as they should, or there are too many.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="defaultIndex">The index of the address; null for none.</param>
    /// <param name="batch">Takes the lines.</param>
    /// <param name="items">What becomes of each action, in order.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> body, string? defaultIndex, LogBatch batch, out List<Item> items, out DecodeFailure? failure)
    {
        (items, failure) = ([], null);
        var fields = new LogFields();
        int line = 0;
        while (NextLine(ref body, ref line, out ReadOnlyMemory<byte> head))
        {
            if (!TryReadAction(head, defaultIndex, out string action, out string index, out string? id))
            {
                failure = new("illegal_argument_exception", $"Malformed action/metadata line [{line}], expected an action: {InputEcho.Quote(head.Span)}");
                return false;
            }

            if (action == "delete")
            {
                items.Add(new(action, index, id, "Log lines are not deleted.", -1));
                continue;
            }

            if (!NextLine(ref body, ref line, out ReadOnlyMemory<byte> source))
            {
                failure = new("illegal_argument_exception", $"The document of the action in line [{line}] is missing");
                return false;
            }

            (int rejected, int record) = (batch.Rejected, batch.RecordCount);
            Take(source, action, index, fields, batch);
            items.Add(new(action, index, id, batch.Rejected > rejected ? batch.Errors.Count > rejected ? batch.Errors[^1].Detail : "The document can't be read." : null, record));
            if (!batch.IsTooLong) continue;
            failure = LogDecoder.TooLong();
            return false;
        }

        if (items.Count == 0) failure = new("parse_exception", "request body is required");
        return failure is null;
    }

    private static void Take(ReadOnlyMemory<byte> source, string action, string index, LogFields fields, LogBatch batch)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(source, s_document);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && action == "update" && root.TryGetProperty("doc", out JsonElement doc)) root = doc;
            if (root.ValueKind != JsonValueKind.Object)
            {
                batch.Reject("mapper_parsing_exception", "The document is not an object.");
                return;
            }

            fields.Clear();
            fields.Set("", root);
            fields.AddTo(batch, index.Length > 0 ? index : null, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            batch.Reject("mapper_parsing_exception", $"The document is not valid JSON, or nested deeper than {LogDecoder.MaxDepth}.");
        }
    }

    private static bool TryReadAction(ReadOnlyMemory<byte> head, string? defaultIndex, out string action, out string index, out string? id)
    {
        (action, index, id) = ("", defaultIndex ?? "", null);
        try
        {
            using JsonDocument document = JsonDocument.Parse(head, s_document);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
            JsonProperty first = document.RootElement.EnumerateObject().FirstOrDefault();
            if (!document.RootElement.EnumerateObject().Any() || first.Value.ValueKind != JsonValueKind.Object || LogFields.NameOf(first) is not ("index" or "create" or "update" or "delete")) return false;
            action = LogFields.NameOf(first);
            if (first.Value.TryGetProperty("_index", out JsonElement named) && named.ValueKind == JsonValueKind.String) index = LogFields.TextOf(named);
            if (first.Value.TryGetProperty("_id", out JsonElement given) && given.ValueKind == JsonValueKind.String) id = LogFields.TextOf(given);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool NextLine(ref ReadOnlyMemory<byte> body, ref int number, out ReadOnlyMemory<byte> line)
    {
        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf((byte)'\n');
            line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            number++;
            if (!line.Span.Trim(" \t\r"u8).IsEmpty) return true;
        }

        line = default;
        return false;
    }
}
