using System.Globalization;
using System.Text;
using Oddity.Detection.Templates;

namespace Oddity.Detection.Tests;

/// <summary>What lines become one template, told by lines and the template that comes out.</summary>
public sealed class TemplateMinerTests
{
    [Theory]
    [InlineData("job 17 done", "job 18 done", "job <*> done")]
    [InlineData("open /var/log/a.log", "open /tmp/x", "open <*>")]
    [InlineData("GET /a?x=1&y=(2) ok", "GET /b ok", "GET <*> ok")]
    [InlineData("fetch https://example.com/a, retry", "fetch ftp://files.example.org/b/c, retry", "fetch <*>, retry")]
    [InlineData(@"load C:\Program\x.dll now", @"load D:\y.dll now", "load <*> now")]
    [InlineData("from 10.0.0.1:80 up", "from fe80::1:2%eth0 up", "from <*> up")]
    [InlineData("mac ab:cd:ef:00:11:22 seen", "mac aa:bb:cc:dd:ee:ff seen", "mac <*> seen")]
    [InlineData("id 550e8400-e29b-41d4-a716-446655440000 gone", "id deadbeef01 gone", "id <*> gone")]
    [InlineData("took 12 ms", "took <1 sec", "took <*>")]
    [InlineData("size 5 KB left", "size 7.5 GB left", "size <*> left")]
    [InlineData("at Fri Jul 15 07:31:21 2005 x", "at Sat Aug 6 10:00:01 PDT 2006 x", "at <*> x")]
    [InlineData("mail to a.b@example.com sent", "mail to x@mail.example.org sent", "mail to <*> sent")]
    [InlineData("login uid=0 tty=ssh ruser= rhost=10.0.0.1", "login uid=7 tty=pts ruser=joe rhost=example.org", "login uid=<*> tty=<*> ruser=<*> rhost=<*>")]
    [InlineData("tag=\"View Lock\" held", "tag=\"radio\" held", "tag=<*> held")]
    [InlineData("lock ws=null, uid=1", "lock ws=Work{10113}, uid=2", "lock ws=<*>, uid=<*>")]
    [InlineData("link eth0 up", "link eth1 up", "link eth<*> up")]
    [InlineData("hosts [10.0.0.1, 10.0.0.2] lost", "hosts [10.0.0.3] lost", "hosts [<*>] lost")]
    [InlineData("state x 1 <ok> x 2 <ok> end", "state x 1 <ok> x 2 <ok> x 3 <ok> end", "state x <*> <ok> end")]
    [InlineData("enabled........1", "enabled..0", "enabled<*>")]
    [InlineData("opened for user root by (uid=0)", "opened for user jane by (uid=0)", "opened for user <*> by (uid=<*>)")]
    [InlineData("password for root from 10.0.0.1", "password for jane from 10.0.0.2", "password for <*> from <*>")]
    [InlineData("connection from 10.0.0.1 () at port 5", "connection from 10.0.0.1 (a.example.org) at port 5", "connection from <*> (<*>) at port <*>")]
    [InlineData("in sync with 10.0.0.1, stratum 2", "in sync with LOCAL(0), stratum 10", "in sync with <*>, stratum <*>")]
    [InlineData("show com.example.app/.MainView now", "show org.example.app/org.example.Other now", "show <*> now")]
    public void Lines_that_say_the_same_of_different_things_are_one_template(string one, string other, string template)
    {
        var miner = new TemplateMiner();

        LogTemplate first = miner.Learn(one), second = miner.Learn(other);

        second.Current.ShouldBeSameAs(first.Current);
        first.Current.Text.ShouldBe(template);
        first.Current.Lines.ShouldBe(2);
    }

    [Theory]
    [InlineData("session opened", "session closed")]
    [InlineData("[5] task moved from NEW to RUNNING", "[5] task moved from NEW to FAILED")]
    [InlineData("close, 5 bytes sent", "close, 5 bytes (1.2 KB) sent")]
    [InlineData("\"GET /x\" 200", "\"POST /x\" 200")]
    [InlineData("link up on eth0", "link up on wlan0")]
    [InlineData("disk is full", "disk isn't full")]
    public void Lines_that_say_something_else_are_two(string one, string other)
    {
        var miner = new TemplateMiner();

        miner.Learn(one).Current.ShouldNotBeSameAs(miner.Learn(other).Current);
    }

    [Fact]
    public void A_place_where_many_words_stood_is_a_variable_and_the_first_id_stays()
    {
        var miner = new TemplateMiner();
        string[] services = ["echo", "time", "chargen", "daytime", "finger", "telnet", "rsync"];

        LogTemplate[] found = [.. services.Select(name => miner.Learn($"removing {name} now"))];

        string id = found[0].Id;
        found.Select(template => template.Current.Id).ShouldAllBe(current => current == id);
        found[^1].Current.Text.ShouldBe("removing <*> now");
        found[^1].Current.Lines.ShouldBe(7);
        miner.Learn("removing something now").Id.ShouldBe(id);
    }

    [Fact]
    public void The_same_lines_give_the_same_templates()
    {
        string[] lines = [.. Noise(3_000)];
        TemplateMiner one = new(), other = new();

        LogTemplate[] first = [.. lines.Select(line => one.Learn(line))], second = [.. lines.Select(line => other.Learn(line))];

        second.Select(template => template.Current.Id).ShouldBe(first.Select(template => template.Current.Id));
        second.Select(template => template.Current.Text).ShouldBe(first.Select(template => template.Current.Text));
    }

    [Fact]
    public void No_more_forms_are_remembered_than_allowed_and_the_latest_are()
    {
        var miner = new TemplateMiner(100);
        for (int i = 0; i < 5_000; i++)
        {
            miner.Learn($"{Word(i)} {Word(i * 7)} {Word(i * 13)} {Word(i / 3)} failed");
            miner.Learn("heartbeat ok");
        }

        miner.Shapes.ShouldBeLessThanOrEqualTo(100);
        miner.Learn("heartbeat ok").Lines.ShouldBe(5_001);
    }

    [Fact]
    public void A_known_line_allocates_nothing()
    {
        var miner = new TemplateMiner();
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => $"worker {i} finished task_{i} in {i} ms for user=u{i}, path /a/{i}")];
        foreach (string line in lines) miner.Learn(line);

        // Code that is not compiled to its end yet boxes what it no longer does then.
        long allocated = 1;
        for (int round = 0; round < 5_000 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (string line in lines) miner.Learn(line);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    [Fact]
    public void Whatever_comes_is_a_template()
    {
        var miner = new TemplateMiner(1_000);
        foreach (string line in Noise(20_000)) miner.Learn(line).Current.Text.ShouldNotBeNull();
        foreach (string line in new[] { "", " ", "=", "==", "()", "[", "{{{{", "::::", "/", "\\\\", ":::::1", "a:", "<", "'", "..", "\0\u0001", "\ud800", "Jan", "Jan 1", "Mon, Jan 1 1:1" })
            miner.Learn(line).ShouldNotBeNull();
        miner.Learn(new string('(', 100_000)).ShouldNotBeNull();
        miner.Learn(string.Join(' ', Enumerable.Range(0, 50_000))).ShouldNotBeNull();
    }

    /// <summary>Lines made of pieces that mean something to the scanner, put together at random.</summary>
    private static IEnumerable<string> Noise(int count)
    {
        string[] pieces =
        [
            "a", "user", "for", "from", "=", " ", " ", " ", "(", ")", "[", "]", "{", "}", "\"", "'", ":", "::", "/", "//", "\\", ".", "..", ",", ";", "#", "*", "@", "<", ">", "|", "%", "1", "42",
            "0x1f", "fe80", "eth0", "Jan", "Fri", "10:00", "GMT", "http://", "C:\\", "ms", "KB", "true", "a.b.c", "x_1", "é", "\u00a0", "\ud83d", "-", "+", "~", "$", "&", "\t",
        ];
        var random = new Random(7);
        var line = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            line.Clear();
            for (int parts = random.Next(1, 20); parts > 0; parts--) line.Append(pieces[random.Next(pieces.Length)]);
            yield return line.ToString();
        }
    }

    private static string Word(int seed)
    {
        string text = "";
        for (uint rest = (uint)seed * 2654435761; rest > 0; rest /= 26) text += ((char)('a' + (rest % 26))).ToString(CultureInfo.InvariantCulture);
        return text + "xy";
    }
}
