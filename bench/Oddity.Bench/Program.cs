// The bench: what the detectors cost, what they score, and how quiet they are. Not part of the test run; bench/README.md has the commands.
using Oddity.Bench;

return args switch
{
    ["scores", string data, string scores, .. string[] rest] => Scores.Write(data, scores, rest.FirstOrDefault() ?? "adaptive"),
    ["healthy", .. string[] rest] => Healthy.Print(rest.FirstOrDefault() ?? "adaptive"),
    ["picture", string detector, string file, string target, .. string[] settings] => Picture.Draw(detector, file, target, settings),
    ["speed", string detector, string series, string warm, string step] => Speed.Print(detector, int.Parse(series), int.Parse(warm), int.Parse(step)),
    ["speed", .. string[] rest] => Speed.Print(rest.FirstOrDefault() ?? "adaptive"),
    ["forest", ..] => Forest.Print(),
    ["stl", .. string[] rest] => Decomposition.Print(rest),
    ["prophet"] => Forecast.Print(),
    ["argus"] => Argus.Print(),
    ["decoders", .. string[] rest] => await Decoders.PrintAsync(rest.FirstOrDefault()),
    ["fuzz", string which, string executions, .. string[] rest] => await Fuzz.RunAsync(which, int.Parse(executions), int.Parse(rest.FirstOrDefault() ?? "1")),
    ["codec"] => Codec.Print(),
    ["templates", .. string[] files] => Templates.Print(files),
    ["live", string url, string dashboards, string rounds, string pid] => await Live.MeasureAsync(url, int.Parse(dashboards), int.Parse(rounds), int.Parse(pid)),
    ["pages", string url, string dashboards, string rounds] => await Pages.MeasureAsync(url, int.Parse(dashboards), int.Parse(rounds)),
    ["bare", string url] => await Bare.ServeAsync(url),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project bench/Oddity.Bench -- COMMAND
          scores DATA OUT [DETECTOR]   score labelled folders (*.csv, *.csv.gz, walked), one CSV each, as tools/score of the judge reads them
          picture DETECTOR FILE OUT.svg [NAME=VALUE...] [rows=FROM..TO]   what a detector makes of a series of the Numenta benchmark
          healthy [DETECTOR]           alarms a day on healthy shapes at one sample every 3, 15 and 60 s
          speed [DETECTOR [SERIES WARM STEP]]  time, allocation and memory of one sample, 10,000 series interleaved after 300 samples each, 60 s apart
          forest                       isolation forest of 100 trees x 256 rows: fit, and score one row of 1, 3 and 10 columns
          stl [DIR]                    time of a decomposition, 10,080 points, period 288; with DIR also the results, for bench/peers.py
          prophet                      time of a fit with day, week and 25 changepoints, and of its band, 2,016 and 10,080 points
          argus                        time of the ensemble of prophet, stl and isolation forest, 2,016 points: refit and score
          templates [FILE...]          log lines a second whose template is found, of text files or made-up lines
          live URL DASHBOARDS ROUNDS PID   sample to anomaly on that many WebSockets of a server; PID 0 leaves out its processor time
          pages URL DASHBOARDS ROUNDS  time of the dashboard's questions, asked by that many at once
          bare URL                     the web server alone, as a floor for live
          decoders [NAME]              samples a second on one core that each protocol's decoder takes, of series known already
          fuzz all|PROTOCOL N [SEED]   N bent bodies for each decoder of metrics, or for one; ends with 70 if one of them does anything but say yes or no
          codec                        bytes and nanoseconds of a sample in a chunk, by kind of series
        """);
    return 64;
}
