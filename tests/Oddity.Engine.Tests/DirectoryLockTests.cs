using Oddity.Engine.Storage;

namespace Oddity.Engine.Tests;

public sealed class DirectoryLockTests
{
    [Fact]
    public void A_data_directory_that_is_made_is_closed_to_other_users()
    {
        if (OperatingSystem.IsWindows()) return;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("oddity-test-");
        string data = Path.Combine(folder.FullName, "data");
        using (new DirectoryLock(data)) File.GetUnixFileMode(data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.Delete(recursive: true);
    }
}
