using System.Text;
using Oddity.Connectors.Sources.Files;
using Oddity.Detection.Templates;

namespace Oddity.Server.Commands;

/// <summary>Finds the templates of one file. Each line gets the template it belongs to in the end; eight bytes are kept of a line until then.</summary>
internal static class TemplateFile
{
    /// <summary>Reads the input and writes its CSV, <c>line,template_id,template</c>, below the folder, whole or not at all.</summary>
    /// <returns>How many lines and templates there were.</returns>
    /// <exception cref="InvalidDataException">The input cannot be read to its end.</exception>
    public static (long Lines, long Templates) Mine(ScoreInput input, string folder, Action<long> progress, CancellationToken cancel)
    {
        string path = Path.Combine(folder, input.Relative);
        var miner = new TemplateMiner();
        var templates = new List<LogTemplate>();
        var numbers = new List<string>();
        using (var file = LogFile.Open(new CountedStream(File.OpenRead(input.Path), progress), Path.GetFileName(input.Path)))
        {
            while (file.Read())
            {
                cancel.ThrowIfCancellationRequested();
                templates.Add(miner.Learn(file.Text));
                if (file.IsNumbered) numbers.Add(file.Number);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var writer = new StreamWriter(path + ".part", false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" })
        {
            writer.WriteLine("line,template_id,template");
            for (int i = 0; i < templates.Count; i++)
            {
                LogTemplate template = templates[i].Current;
                if (numbers.Count > 0) WriteText(writer, numbers[i]);
                else writer.Write(i + 1);
                writer.Write(',');
                writer.Write(template.Id);
                writer.Write(',');
                WriteText(writer, template.Text);
                writer.Write('\n');
            }
        }

        File.Move(path + ".part", path, overwrite: true);
        return (templates.Count, templates.Select(template => template.Current).Distinct().Count());
    }

    private static void WriteText(StreamWriter writer, string text)
    {
        if (text.AsSpan().IndexOfAny(",\"\r\n") < 0) writer.Write(text);
        else writer.Write($"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }
}
