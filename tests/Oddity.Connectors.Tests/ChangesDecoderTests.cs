using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Changes;

namespace Oddity.Connectors.Tests;

/// <summary>The decoder of changes: whatever comes, it counts and does not throw.</summary>
public sealed class ChangesDecoderTests
{
    /// <summary>More with the environment variable ODDITY_FUZZ, for runs outside CI.</summary>
    private static readonly int Executions = int.TryParse(Environment.GetEnvironmentVariable("ODDITY_FUZZ"), out int wanted) ? wanted : 20_000;

    private static readonly string[] Seeds =
    [
        """{"kind":"deployment","service":"checkout","version":"1.4.2","title":"a","text":"b\nc","time":"2026-01-01T00:00:00Z","end":1767225600,"tags":["x",{"y":1}],"link":"https://x/y","id":"i"}""",
        """[{"title":"a"},{"title":"b","tags":{"a":"b","c":1}},{"version":"7"}]""",
        "{\"title\":\"a\"}\n{\"title\":\"b\"}\n",
        """{"time":1767225600000,"timeEnd":1767225601000,"tags":["deploy"],"text":"x"}""",
        """{"what":"x","when":1767225600,"tags":"a b","data":"y"}""",
    ];

    [Fact]
    public void Mutated_bodies_are_decoded_or_refused_and_every_record_counts_once()
    {
        var random = new Random(4711);
        for (int i = 0; i < Executions; i++)
        {
            byte[] body = Mutate(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), random);
            foreach (int shape in (int[])[0, 1, 2])
            {
                ChangeBatch? batch;
                DecodeFailure? failure;
                bool decoded = shape switch
                {
                    0 => ChangesDecoder.TryDecode(body, "t", TimePrecision.Auto, 0, out batch, out failure),
                    1 => ChangesDecoder.TryDecodeAnnotation(body, "t", 0, out batch, out failure),
                    _ => ChangesDecoder.TryDecodeGraphite(body, "t", 0, out batch, out failure),
                };
                if (decoded) (batch!.Changes.Count + batch.Errors.Count).ShouldBe(batch.Records);
                else failure!.Detail.Any(char.IsControl).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void The_same_changes_come_out_of_every_way_to_write_several()
    {
        string[] objects = [.. Enumerable.Range(0, 50).Select(i => $$"""{"title":"t{{i}}","kind":"config","time":{{1_767_225_600 + i}}}""")];
        string[] bodies = [$"[{string.Join(',', objects)}]", string.Join('\n', objects), string.Join("\r\n\r\n", objects), "\uFEFF" + string.Concat(objects)];
        string[][] ids = [.. bodies.Select(Ids)];
        ids.ShouldAllBe(list => list.SequenceEqual(ids[0]));
        ids[0].Length.ShouldBe(50);

        static string[] Ids(string body)
        {
            ChangesDecoder.TryDecode(Encoding.UTF8.GetBytes(body), "t", TimePrecision.Auto, 0, out ChangeBatch? batch, out _).ShouldBeTrue();
            return [.. batch!.Changes.Select(change => change.Id)];
        }
    }

    internal static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
                default: bytes.InsertRange(at, [.. bytes.GetRange(random.Next(bytes.Count), 0), .. seed.AsSpan(random.Next(seed.Length))]); break;
            }
        }

        return [.. bytes];
    }
}
