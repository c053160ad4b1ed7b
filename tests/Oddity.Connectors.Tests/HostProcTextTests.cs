using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.Host;

namespace Oddity.Connectors.Tests;

public sealed class HostProcTextTests
{
    [Fact]
    public void Processor_times_are_the_sum_line()
    {
        CpuTimes cpu = ProcText.Cpu("cpu  100 20 30 4000 50 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n").ShouldNotBeNull();

        cpu.ShouldBe(new(User: 120, System: 43, Idle: 4000, IoWait: 50, Steal: 8));
        cpu.Total.ShouldBe(4221);
    }

    [Fact]
    public void An_old_kernel_tells_fewer_processor_times() => ProcText.Cpu("cpu 10 0 5 100\n").ShouldBe(new(10, 5, 100, 0, 0));

    [Fact]
    public void Memory_comes_in_kibibytes()
    {
        const string Text = "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\nBuffers:  10 kB\nCached: 50 kB\nSwapTotal:       200 kB\nSwapFree:         50 kB\nHugePages_Total:   0\n";

        ProcText.Memory(Text).ShouldBe(new(1000 << 10, 400 << 10, 200 << 10, 50 << 10));
    }

    [Fact]
    public void Where_available_memory_is_not_told_free_and_caches_stand_for_it() =>
        ProcText.Memory("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 10 kB\nCached: 50 kB\n").ShouldBe(new(1000 << 10, 160 << 10, 0, 0));

    [Fact]
    public void Load_is_the_first_number()
    {
        ProcText.Load1("0.94 1.09 0.60 1/92 11378\n").ShouldBe(0.94);
        ProcText.Load1("").ShouldBeNull();
    }

    [Fact]
    public void Disks_are_the_whole_ones_that_were_used()
    {
        const string Text = """
               7       0 loop0 5 0 99 0 5 0 99 0 0 0 0
             259       0 nvme0n1 50229 11604 1000 14971 17031 68125 500 12983 0 9960 30422 37480 36 1447952 2432 1001 34
             259       1 nvme0n1p1 502 116 10 149 17 68 5 12 0 99 304
             253       0 zram0 9 0 9 0 9 0 9 0 0 0 0
               8       0 sda 0 0 0 0 0 0 0 0 0 0 0
            """;

        ProcText.Disks(Text, name => name is not "nvme0n1p1").ShouldBe(new Dictionary<string, InOut> { ["nvme0n1"] = new(512_000, 256_000) });
    }

    [Fact]
    public void Interfaces_are_those_that_were_used_without_loopback_and_container_cables()
    {
        const string Text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:  116210     138    0    0    0     0          0         0   116210     138    0    0    0     0       0          0
              ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
            eth0:1123454599   31050    0    0    0     0          0         0  2131833   18673    0    0    0     0       0          0
            veth12ab:  100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
            """;

        ProcText.Interfaces(Text).ShouldBe(new Dictionary<string, InOut> { ["eth0"] = new(1_123_454_599, 2_131_833) });
    }

    [Fact]
    public void Mounts_are_local_file_systems_once_a_device()
    {
        const string Text = """
            proc /proc proc rw 0 0
            tmpfs /dev/shm tmpfs rw 0 0
            /dev/vda1 /etc/hosts ext4 rw 0 0
            /dev/vda1 /home/data ext4 rw 0 0
            /dev/vda1 / ext4 rw 0 0
            /dev/sdb1 /mnt/my\040disk xfs rw 0 0
            server:/share /mnt/far nfs4 rw 0 0
            /dev/loop3 /snap/core squashfs ro 0 0
            overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
            """;

        ProcText.Mounts(Text, path => path != "/etc/hosts").ShouldBe(["/", "/mnt/my disk"]);
    }

    [Fact]
    public void In_a_container_the_overlay_is_the_disk() =>
        ProcText.Mounts("overlay / overlay rw 0 0\n/dev/vda1 /etc/hosts ext4 rw 0 0\n", path => path == "/").ShouldBe(["/"]);

    [Fact]
    public void Any_text_is_read_without_an_exception() => Check.QuickThrowOnFailure(Prop.ForAll<string?>(text =>
    {
        foreach (string some in new[] { text ?? "", "cpu " + text, "a b c d e f " + text, "eth0: " + text, "MemTotal: " + text })
        {
            ProcText.Cpu(some);
            ProcText.Load1(some);
            ProcText.Memory(some);
            ProcText.Disks(some, _ => true);
            ProcText.Interfaces(some);
            ProcText.Mounts(some, _ => true);
        }
    }));
}
