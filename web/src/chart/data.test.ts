import { expect, test } from 'vitest';
import type { Point } from '../api/types';
import { anomaly } from '../test/anomaly';
import { axisStart, chartData, downsample, oddPoints, spansOf, timeLabels, usualStep, valueRange } from './data';

test('The usual step is the median, whatever one gap is', () => {
  expect(usualStep([0, 3, 6, 9, 900])).toBe(3);
  expect(usualStep([5])).toBe(0);
});

test('Samples and their band share the axis', () => {
  const data = chartData(
    [
      [1, 10],
      [2, 11],
    ],
    [
      [1, 10, 8, 12],
      [2, 10, null, 12],
    ],
  );
  expect(data).toEqual({ times: [1, 2], values: [10, 11], expected: [10, 10], lower: [8, null], upper: [12, 12] });
});

test('Band points at other times get a place of their own, without breaking the line', () => {
  const data = chartData(
    [
      [1, 10],
      [3, 11],
    ],
    [[2, 10, 8, 12]],
  );
  expect(data.times).toEqual([1, 2, 3]);
  expect(data.values).toEqual([10, undefined, 11]);
});

test('A gap of more than five steps breaks the line', () => {
  const data = chartData([1, 2, 3, 4, 60].map((time): Point => [time, time]));
  expect(data.times).toEqual([1, 2, 3, 4, 32, 60]);
  expect(data.values).toEqual([1, 2, 3, 4, null, 60]);
});

test('Several samples of one second all stay, in their order', () => {
  expect(chartData([50, 50, 200].map((value): Point => [7, value]))).toMatchObject({ times: [7, 7, 7], values: [50, 50, 200] });
});

test('Thinning keeps the extremes and the order', () => {
  const points = Array.from({ length: 1000 }, (_, index): Point => [index, index === 777 ? 99 : index === 333 ? -99 : Math.sin(index)]);
  const kept = downsample(points, 100);
  expect(kept.length).toBeLessThanOrEqual(100);
  expect(kept).toContainEqual([777, 99]);
  expect(kept).toContainEqual([333, -99]);
  expect(kept.every(([time], index) => index === 0 || time > kept[index - 1]![0])).toBe(true);
  expect(downsample(points.slice(0, 50), 100)).toHaveLength(50);
});

const simple = (values: number[], lower: number | null = null, upper: number | null = null) =>
  chartData(
    values.map((value, index): Point => [index, value]),
    values.map((_, index) => [index, null, lower, upper]),
  );

test('The value axis holds all samples with a margin', () => {
  const [low, high] = valueRange(simple([10, 20]));
  expect(low).toBeLessThan(10);
  expect(high).toBeGreaterThan(20);
});

test('A band far outside does not squash the line', () => {
  const [low, high] = valueRange(simple([10, 20], -1000, 1000));
  expect(high - low).toBeLessThan(80);
});

test('The axis keeps to what is possible', () => {
  expect(valueRange(simple([0, 0.2], -3, 3))[0]).toBe(0);
  expect(valueRange(simple([40, 97], 0, 300), 'percent')[1]).toBe(102);
  expect(valueRange(simple([40, 120], 0, 300), 'percent')[1]).toBeGreaterThan(120);
  expect(valueRange(simple([-5, 5]))[0]).toBeLessThan(-5);
});

test('A series without samples or of one value has an axis too', () => {
  expect(valueRange(simple([]))).toEqual([0, 1]);
  const [low, high] = valueRange(simple([50, 50]));
  expect(low).toBeLessThan(50);
  expect(high).toBeGreaterThan(50);
});

test('A young series fills the chart, one with a small gap keeps its time', () => {
  expect(axisStart([[3000, 1]], 0, 4000)).toBe(2970);
  expect(axisStart([[500, 1]], 0, 4000)).toBe(0);
  expect(axisStart([], 0, 4000)).toBe(0);
  expect(axisStart([[3999, 1]], 0, 4000)).toBe(3980);
});

test('An anomaly that goes on reaches to now', () => {
  const start = Date.parse('2026-03-04T05:06:00.000Z');
  expect(spansOf([anomaly()], start + 60_000)[0]).toMatchObject({ from: start / 1000, to: start / 1000 + 60, ongoing: true });
  expect(spansOf([anomaly({ end: '2026-03-04T05:06:10.000Z' })], start + 60_000)[0]).toMatchObject({ to: start / 1000 + 10, ongoing: false });
});

test('Odd are the samples of a span that are outside the band, and its peak', () => {
  const span = { id: 'x', from: 1, to: 3, peak: 3, ongoing: false };
  expect(oddPoints(simple([100, 100, 10, 10, 100], 0, 20), [span])).toEqual([1, 3]);
});

test('Without a band all samples of a span are odd', () => {
  expect(oddPoints(chartData([0, 1, 2].map((time): Point => [time, time])), [{ id: 'x', from: 1, to: 2, peak: 1, ongoing: false }])).toEqual([1, 2]);
});

test('Ticks are as exact as their distance, and a new day is named', () => {
  const clock = (ms: number) => `c${ms / 1000}`;
  const short = (ms: number) => `s${ms / 1000}`;
  const day = (ms: number) => `d${Math.floor(ms / 86_400_000)}`;
  expect(timeLabels([0, 10], 10, clock, short, day)).toEqual(['c0', 'c10']);
  expect(timeLabels([86_340, 86_400], 60, clock, short, day)).toEqual(['s86340', 'd1']);
  expect(timeLabels([0, 86_400], 86_400, clock, short, day)).toEqual(['d0', 'd1']);
});
