using System.Diagnostics;

namespace Oddity.Server.Tests;

/// <summary>A file system of its own, in a file or in memory. Root on Linux can mount one; where that is not possible the test is skipped.</summary>
internal sealed class DiskImage : IDisposable
{
    private readonly string _image;

    private DiskImage(string image, string folder) => (_image, Folder) = (image, folder);

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>A new ext4 in an image.</summary>
    public static DiskImage Create(string path, int megabytes)
    {
        SkipUnlessRoot();
        using (FileStream file = File.Create(path + ".img")) file.SetLength((long)megabytes << 20);
        Assert.SkipUnless(Run("mkfs.ext4", "-q", "-F", path + ".img"), "needs mkfs.ext4");
        return Mount(path);
    }

    /// <summary>A new file system in memory.</summary>
    public static DiskImage InMemory(string path, int megabytes)
    {
        SkipUnlessRoot();
        Directory.CreateDirectory(path);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "oddity-test", path), "tmpfs can't be mounted here");
        return new("", path);
    }

    /// <summary>The image as it is at this moment, without anything the kernel has not written to it yet.</summary>
    public DiskImage Copy(string path)
    {
        Run("cp", "--sparse=always", _image, path + ".img").ShouldBeTrue();
        return Mount(path);
    }

    public void Remount(string option) => Run("mount", "-o", $"remount,{option}", Folder).ShouldBeTrue();

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        if (_image.Length > 0) File.Delete(_image);
    }

    private static DiskImage Mount(string path)
    {
        Directory.CreateDirectory(path);
        Assert.SkipUnless(Run("mount", "-o", "loop", path + ".img", path), "no loop device can be mounted here");
        return new(path + ".img", path);
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux to mount a file system");

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
