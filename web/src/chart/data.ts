// From the API's samples to what a chart draws. Pure.
import type { Anomaly, BandPoint, Point } from '../api/types';
import type { Unit } from '../text/units';

export interface ChartData {
  /** Unix seconds, ascending. */
  times: number[];
  /** Null breaks the line; undefined is a time that only the band has. */
  values: (number | null | undefined)[];
  expected: (number | null | undefined)[];
  lower: (number | null | undefined)[];
  upper: (number | null | undefined)[];
}

/** Something that was done at a time, drawn as a line with its name. */
export interface Mark {
  /** Unix seconds. */
  at: number;
  label: string;
}

/** Median distance of neighbours; 0 when there are fewer than two. */
export function usualStep(times: number[]): number {
  const steps = times.slice(1).map((time, index) => time - times[index]!);
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/**
 * Puts samples and band on one time axis. Where samples are missing for more than five usual steps the line is broken,
 * so that an outage doesn't look like a slow slope. Samples of one time follow each other as they came.
 */
export function chartData(samples: Point[], band: BandPoint[] = []): ChartData {
  const data: ChartData = { times: [], values: [], expected: [], lower: [], upper: [] };
  const step = usualStep(samples.map(([time]) => time));
  const push = (time: number, value: number | null | undefined, at?: BandPoint) => {
    data.times.push(time);
    data.values.push(value);
    data.expected.push(value === null ? null : at?.[1]);
    data.lower.push(value === null ? null : at?.[2]);
    data.upper.push(value === null ? null : at?.[3]);
  };
  let next = 0;
  let last: number | null = null;
  for (const [time, value] of samples) {
    for (; next < band.length && band[next]![0] < time; next++) push(band[next]![0], undefined, band[next]!);
    if (last !== null && step > 0 && time - last > 5 * step) push(last + (time - last) / 2, null);
    const here = band[next]?.[0] === time ? band[next++] : undefined;
    push(time, value, here);
    last = time;
  }
  for (; next < band.length; next++) push(band[next]![0], undefined, band[next]!);
  // The break that was put into the middle of a gap may lie after band points of that gap.
  return isAscending(data.times) ? data : sorted(data);
}

const isAscending = (times: number[]) => times.every((time, index) => index === 0 || time >= times[index - 1]!);

function sorted(data: ChartData): ChartData {
  const order = data.times.map((_, index) => index).sort((a, b) => data.times[a]! - data.times[b]! || a - b);
  const pick = <T>(from: T[]) => order.map((index) => from[index]!);
  return { times: pick(data.times), values: pick(data.values), expected: pick(data.expected), lower: pick(data.lower), upper: pick(data.upper) };
}

/** Keeps at most `most` points so that each bucket's least and greatest value stay, in time order; for charts of few pixels. */
export function downsample(samples: Point[], most: number): Point[] {
  if (samples.length <= most || most < 4) return samples;
  const buckets = Math.floor(most / 2);
  const kept: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * samples.length) / buckets);
    const to = Math.floor(((bucket + 1) * samples.length) / buckets);
    let least = from;
    let greatest = from;
    for (let index = from + 1; index < to; index++) {
      if (samples[index]![1] < samples[least]![1]) least = index;
      if (samples[index]![1] > samples[greatest]![1]) greatest = index;
    }
    kept.push(samples[Math.min(least, greatest)]!);
    if (least !== greatest) kept.push(samples[Math.max(least, greatest)]!);
  }
  return kept;
}

/** Most that a quantity can be, where its unit says so. */
const ceilings: Partial<Record<Unit, number>> = { percent: 100, ratio: 1 };

/**
 * Range of the value axis: all samples, and as much of the band as does not squash them. It keeps to what is possible: not below zero where
 * no sample is, not above 100 % where none is.
 */
export function valueRange(data: ChartData, unit: Unit = 'none'): [number, number] {
  const values = data.values.filter((value): value is number => typeof value === 'number');
  if (values.length === 0) return [0, 1];
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  const reach = Math.max(greatest - least, Math.abs(greatest) * 0.02, 1e-9) * 1.5;
  let [low, high] = [least, greatest];
  for (const limit of [...data.lower, ...data.upper]) {
    if (typeof limit !== 'number') continue;
    low = Math.min(low, Math.max(limit, least - reach));
    high = Math.max(high, Math.min(limit, greatest + reach));
  }
  const margin = (high - low || Math.abs(high) || 1) * 0.08;
  const ceiling = ceilings[unit];
  return [
    least >= 0 ? Math.max(low - margin, 0) : low - margin,
    ceiling !== undefined && greatest <= ceiling ? Math.min(high + margin, ceiling * 1.02) : high + margin,
  ];
}

/**
 * Where the time axis begins: at `from`, or shortly before the first sample where most of the time before has none, so that a series of
 * a few minutes fills the chart. Unix seconds.
 */
export function axisStart(samples: Point[], from: number, to: number): number {
  const first = samples[0]?.[0];
  if (first === undefined || first - from < 0.3 * (to - from)) return from;
  return Math.max(Math.min(first - 0.03 * (to - first), to - 20), from);
}

export interface Span {
  id: string;
  /** Unix seconds. */
  from: number;
  to: number;
  peak: number;
  ongoing: boolean;
}

/** Anomalies as spans of Unix seconds; one that goes on reaches up to `now`. */
export function spansOf(anomalies: Anomaly[], now: number): Span[] {
  return anomalies.map((anomaly) => ({
    id: anomaly.id,
    from: Date.parse(anomaly.start) / 1000,
    to: anomaly.end === null ? Math.max(now / 1000, Date.parse(anomaly.last_odd) / 1000) : Date.parse(anomaly.end) / 1000,
    peak: Date.parse(anomaly.peak) / 1000,
    ongoing: anomaly.ongoing,
  }));
}

/** Indices of samples that are odd: inside a span and outside the band; without a band all inside a span, and always the peak. */
export function oddPoints(data: ChartData, spans: Span[]): number[] {
  const found: number[] = [];
  data.times.forEach((time, index) => {
    const value = data.values[index];
    if (typeof value !== 'number') return;
    const span = spans.find((each) => time >= each.from - 0.0005 && time <= each.to + 0.0005);
    if (!span) return;
    const [lower, upper] = [data.lower[index], data.upper[index]];
    const banded = typeof lower === 'number' || typeof upper === 'number';
    const outside = (typeof lower === 'number' && value < lower) || (typeof upper === 'number' && value > upper);
    if (!banded || outside || Math.abs(time - span.peak) < 0.0005) found.push(index);
  });
  return found;
}

/** Labels of the time axis: as exact as the distance of its ticks asks for, the day where it changes. */
export function timeLabels(
  ticks: number[],
  step: number,
  clock: (ms: number) => string,
  shortClock: (ms: number) => string,
  day: (ms: number) => string,
): string[] {
  let lastDay = '';
  return ticks.map((tick) => {
    const today = day(tick * 1000);
    const newDay = lastDay !== '' && today !== lastDay;
    lastDay = today;
    if (step >= 86_400) return today;
    if (newDay) return today;
    return step >= 60 ? shortClock(tick * 1000) : clock(tick * 1000);
  });
}
