using System.Globalization;
using Oddity.Detection.Evaluation;

namespace Oddity.Server.Commands;

/// <summary>The text of `oddity evaluate`: one detector with everything, or a line for each detector.</summary>
internal static class EvaluationReport
{
    public static void Write(TextWriter output, string detector, DetectorFigures figures)
    {
        output.WriteLine(Text($"{detector}: {figures.Series} series, {figures.Rows} rows, {figures.Events.Hit + figures.Events.Missed} events, {figures.Days:0.0} series-days"));
        output.WriteLine();
        output.WriteLine("figure                         best   threshold     shipped");
        foreach ((NabProfile profile, BestThreshold best, double shipped) in figures.Nab)
            output.WriteLine(Text($"NAB {profile.Name,-20} {best.Figure,10:0.00} {best.Threshold,11:0.0000} {shipped,11:0.00}"));
        output.WriteLine(Text($"{$"delay-F1 ({DelayRule.Delay} rows)",-24} {figures.DelayF1.Best.Figure,10:0.0000} {figures.DelayF1.Best.Threshold,11:0.0000} {figures.DelayF1.Shipped,11:0.0000}"));
        EventCounts events = figures.Events;
        output.WriteLine(Text(
            $"{"event-F1",-24} {figures.EventF1.Figure,10:0.0000} {figures.EventF1.Threshold,11:0.0000} {events.F1,11:0.0000}   {events.Hit} hit, {events.Missed} missed, {events.FalseAlarms} false alarms"));
        output.WriteLine(Text($"{"false alarms/series-day",-24} {"",10} {"",11} {figures.FalseAlarmsPerDay,11:0.0000}"));
        if (figures.Nab.Count > 0) output.WriteLine(Text($"{"  NAB rows outside/day",-24} {"",10} {"",11} {figures.NabRowsOutside / Math.Max(figures.Days, 1e-9),11:0.0000}"));
        output.WriteLine(Text($"{"AUC-PR of severity",-24} {figures.AveragePrecision,10:0.0000}"));
        output.WriteLine(Text($"{"VUS-PR of severity",-24} {figures.VolumeUnderSurface,10:0.0000}"));
    }

    /// <summary>One line a detector, in the order given; pairs are best / shipped.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<(string Detector, DetectorFigures Figures)> all)
    {
        DetectorFigures any = all[0].Figures;
        bool nab = any.Nab.Count > 0;
        output.WriteLine(Text($"{any.Series} series, {any.Rows} rows, {any.Events.Hit + any.Events.Missed} events, {any.Days:0.0} series-days; best threshold / shipped"));
        output.WriteLine();
        int width = Math.Max("detector".Length, all.Max(row => row.Detector.Length));
        string[] profiles = nab ? [.. NabProfile.All.Select(profile => $"NAB {profile.Name}".PadLeft(16))] : [];
        output.WriteLine($"{"detector".PadRight(width)}{string.Concat(profiles)}   delay-F1        event-F1      alarms/day  AUC-PR  VUS-PR");
        foreach ((string detector, DetectorFigures figures) in all)
        {
            string scores = string.Concat(figures.Nab.Select(row => Text($"{row.Best.Figure,7:0.0} /{row.Shipped,7:0.0}")));
            output.WriteLine(Text(
                $"{detector.PadRight(width)}{scores}   {figures.DelayF1.Best.Figure:0.000} / {figures.DelayF1.Shipped:0.000}   {figures.EventF1.Figure:0.000} / {figures.Events.F1:0.000}   {figures.FalseAlarmsPerDay,9:0.000}   {figures.AveragePrecision:0.000}   {figures.VolumeUnderSurface:0.000}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture).TrimEnd();
}
