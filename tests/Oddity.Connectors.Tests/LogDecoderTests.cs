using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Tests;

/// <summary>What becomes of records of the log protocols, and that no input breaks a decoder.</summary>
public sealed class LogDecoderTests
{
    private const long NowMs = 1_767_268_800_000; // 2026-01-01T12:00:00Z

    [Theory]
    [InlineData("""{"message":"hi","level":"warn","service":"a","x":1,"y":{"z":"w"}}""", "a|13|hi|x=1 y.z=w")]
    [InlineData("""{"log":{"level":"error"},"service":{"name":"b"},"message":"ecs"}""", "b|17|ecs|")]
    [InlineData("""{"msg":"pino","level":50,"hostname":"h"}""", "h|17|pino|")]
    [InlineData("""{"cpu":1,"mem":2}""", "unknown|0|cpu=1 mem=2|")]
    [InlineData("""["plain text"]""", "unknown|0|plain text|")]
    [InlineData("plain line", "unknown|0|plain line|")]
    public void A_record_says_line_service_and_severity(string body, string wanted)
    {
        LogBatch batch = Decode(body);

        Described(batch.Lines.ShouldHaveSingleItem().Line).ShouldBe(wanted);
    }

    [Fact]
    public void A_bad_record_does_not_spoil_the_others()
    {
        LogBatch batch = Decode("{\"message\":\"one\"}\nnonsense\n{\"message\":\"two\"}\n{\"message\":\"x\",\"time\":\"never\"}\n{}\n");

        batch.Lines.Select(line => line.Line.Body).ShouldBe(["one", "two"]);
        batch.Rejected.ShouldBe(3);
        batch.Errors.Select(error => error.Code).ShouldBe(["bad_json", "bad_time", "missing_field"]);
    }

    [Fact]
    public void Too_long_texts_are_cut_and_too_many_lines_refused()
    {
        Decode("{\"message\":\"" + new string('x', 100_000) + "\"}").Lines[0].Line.Body.Length.ShouldBe(LogBatch.MaxBody);
        var batch = new LogBatch("t");
        LogDecoder.TryDecode(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x\n", LogBatch.MaxLines + 1))), true, null, batch, out DecodeFailure? failure).ShouldBeFalse();
        failure!.TooLarge.ShouldBeTrue();
    }

    [Theory]
    [InlineData("<34>1 2026-01-01T11:59:58.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8", "su|21|'su root' failed for lonvick on /dev/pts/8|facility=auth host=mymachine.example.com msgid=ID47|-1997")]
    [InlineData("<165>1 2026-01-01T12:00:00Z h app 8710 - [a@1 x=\"1\" y=\"]\\\"\"][b@1] \uFEFFhello", "app|10|hello|facility=local4 host=h pid=8710 a@1 x=\"1\" y=\"]\\\"\" b@1|0")]
    [InlineData("<13>Jan  1 12:00:00 web1 sshd[42]: Failed password", "sshd|10|Failed password|facility=user host=web1 pid=42|0")]
    [InlineData("<13>Jan  1 12:00:00 cron: no host", "cron|10|no host|facility=user|0")]
    [InlineData("<30>2026-01-01T12:00:00.5+00:00 h systemd[1]: Started x.", "systemd|9|Started x.|facility=daemon host=h pid=1|500")]
    [InlineData("<13>no time at all", "syslog|10|no time at all|facility=user|")]
    [InlineData("just a line", "syslog|0|just a line||")]
    [InlineData("<999>x", "syslog|0|<999>x||")]
    [InlineData("<34>1 - - - - - -", "unknown|21|(no message)|facility=auth|")]
    [InlineData("<34>1 2020-01-01T00:00:00Z h a - - - old", "a|21|old|facility=auth host=h|")]
    public void Syslog_is_read_as_it_is_really_sent(string message, string wanted)
    {
        var batch = new LogBatch("t");
        SyslogMessage.AddTo(batch, Encoding.UTF8.GetBytes(message), NowMs);

        (LogLine line, bool timed, _) = batch.Lines.ShouldHaveSingleItem();
        string offset = timed ? (line.TimeMs - NowMs).ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
        if (message.Contains("Jan  1", StringComparison.Ordinal) && TimeZoneInfo.Local.BaseUtcOffset != TimeSpan.Zero) offset = wanted[(wanted.LastIndexOf('|') + 1)..];
        $"{Described(line)}|{offset}".ShouldBe(wanted);
    }

    [Fact]
    public void Syslog_streams_are_cut_by_length_and_by_line_whatever_the_pieces()
    {
        byte[] stream = Encoding.UTF8.GetBytes("11 <13>one\ntwo<14>three\n\n12 <15>four\nfiv5 is no length\n" + new string('x', 100_000) + "\n<13>last");
        string[] wanted = ["<13>one\ntwo", "<14>three", "<15>four\nfiv", "5 is no length", new string('x', SyslogFraming.MaxMessage), "<13>last"];
        foreach (int piece in new[] { 1, 2, 3, 7, 1_000, 1_000_000 })
        {
            var framing = new SyslogFraming();
            var messages = new List<string>();
            for (int at = 0; at < stream.Length; at += piece)
                framing.Take(stream.AsSpan(at, Math.Min(piece, stream.Length - at)), message => messages.Add(Encoding.UTF8.GetString(message.Span)));
            framing.End(message => messages.Add(Encoding.UTF8.GetString(message.Span)));
            string.Join("|", messages).ShouldBe(string.Join("|", wanted));
        }
    }

    [Fact]
    public void Forward_messages_of_all_modes_are_read()
    {
        byte[] record = [0x82, .. Text("log"), .. Text("hello"), .. Text("level"), .. Text("error")];
        byte[] time = [0xd7, 0x00, 0x69, 0x56, 0x61, 0xC0, 0x00, 0x00, 0x00, 0x00];
        byte[] entry = [0x92, .. time, .. record];
        byte[] options = [0x81, .. Text("chunk"), .. Text("c1")];
        byte[] gzip = Gzip([.. entry, .. entry]);
        (byte[] Message, int Lines)[] messages =
        [
            ([0x94, .. Text("app"), .. time, .. record, .. options], 1),
            ([0x93, .. Text("app"), 0x92, .. entry, .. entry, .. options], 2),
            ([0x93, .. Text("app"), 0xc4, (byte)(2 * entry.Length), .. entry, .. entry, .. options], 2),
            ([0x93, .. Text("app"), 0xc5, (byte)(gzip.Length >> 8), (byte)gzip.Length, .. gzip, 0x82, .. Text("chunk"), .. Text("c1"), .. Text("compressed"), .. Text("gzip")], 2),
            ([0x93, .. Text("app"), 0x91, 0x92, 0x92, .. time, 0x80, .. record, .. options], 1),
        ];
        foreach ((byte[] message, int lines) in messages)
        {
            MessagePackReader.LengthOf(message).ShouldBe(message.Length);
            for (int cut = 0; cut < message.Length; cut++) MessagePackReader.LengthOf(message.AsSpan(0, cut)).ShouldBe(0);
            var batch = new LogBatch("t");
            FluentMessage.AddTo(batch, message).ShouldBe("c1");
            batch.Lines.Count.ShouldBe(lines);
            Described(batch.Lines[0].Line).ShouldBe("app|17|hello|");
            batch.Lines[0].Line.TimeMs.ShouldBe(NowMs);
        }
    }

    /// <summary>Every byte of good messages changed in many ways: a decoder says no or takes it, and does nothing else.</summary>
    [Fact]
    public void Changed_messages_never_break_a_decoder()
    {
        byte[] record = [0x81, .. Text("log"), .. Text("hello")];
        byte[][] good =
        [
            [0x93, .. Text("app"), 0x91, 0x92, 0x01, .. record, 0x81, .. Text("chunk"), .. Text("c")],
            Encoding.UTF8.GetBytes("""{"message":"a","time":"2026-01-01T00:00:00Z","x":[1,{"y":2}]}"""),
            Encoding.UTF8.GetBytes("""{"streams":[{"stream":{"app":"x"},"values":[["1767268800000000000","line",{"k":"v"}]]}]}"""),
            Encoding.UTF8.GetBytes("{\"index\":{\"_index\":\"i\"}}\n{\"message\":\"m\"}\n"),
            Encoding.UTF8.GetBytes("""{"event":{"message":"m"},"time":1767268800.5,"fields":{"a":"b"}}"""),
            Encoding.UTF8.GetBytes("""{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":"1"}}]}}}]}]}]}"""),
            new OtlpMessage().Message(1, new OtlpMessage().Message(1, new OtlpMessage().Message(1, OtlpMessage.Attribute("service.name", "s")))
                .Message(2, new OtlpMessage().Message(2, new OtlpMessage().Fixed(1, 5).Message(5, new OtlpMessage().Text(1, "body"))))).Bytes,
            new OtlpMessage().Message(1, new OtlpMessage().Text(1, "{a=\"b\"}").Message(2, new OtlpMessage().Message(1, new OtlpMessage().Varint(1, 5)).Text(2, "line"))).Bytes,
            Encoding.UTF8.GetBytes("<34>1 2026-01-01T11:59:58.003Z h su - ID47 [a@1 x=\"1\"] text"),
        ];
        var random = new Random(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. good[round % good.Length]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                if (random.Next(4) == 0) changed = changed[..random.Next(changed.Length + 1)];
                if (changed.Length > 0) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            TryAll(changed);
        }
    }

    private static void TryAll(byte[] body)
    {
        var batch = new LogBatch("t");
        LogDecoder.TryDecode(body, false, null, batch, out _);
        LokiDecoder.TryDecodeJson(body, batch, out _);
        LokiDecoder.TryDecodeProtobuf(body, batch, out _);
        ElasticBulkDecoder.TryDecode(body, null, batch, out _, out _);
        SplunkDecoder.Decode(body, batch);
        OtlpLogsDecoder.TryDecode(body, batch, out _);
        if (OtlpJson.TryRewriteLogs(body, out byte[]? message, out int length, out _)) OtlpLogsDecoder.TryDecode(message.AsSpan(0, length), batch, out _);
        SyslogMessage.AddTo(batch, body, NowMs);
        try
        {
            if (MessagePackReader.LengthOf(body) > 0) FluentMessage.AddTo(batch, body);
        }
        catch (InvalidDataException)
        {
            // The one way in which it says no.
        }
    }

    private static LogBatch Decode(string body)
    {
        var batch = new LogBatch("t");
        LogDecoder.TryDecode(Encoding.UTF8.GetBytes(body), false, null, batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch;
    }

    private static string Described(LogLine line) => $"{line.Service}|{line.Severity}|{line.Body}|{line.Attributes}";

    private static byte[] Text(string text) => [(byte)(0xa0 | text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
