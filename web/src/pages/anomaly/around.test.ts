import { expect, test } from 'vitest';
import { anomaly } from '../../test/anomaly';
import { around, distance } from './around';

const start = Date.parse('2026-03-04T05:06:00.000Z');
const minute = 60_000;

test('Three times its length before it is shown, and some after', () => {
  const { from, to } = around(anomaly({ end: '2026-03-04T05:16:00.000Z' }), start + 600 * minute);
  expect(from).toBe(start - 30 * minute);
  expect(to).toBe(start + 20 * minute);
});

test('A short one shows at least the window that was looked at', () => {
  const window: [number, number][] = [[start / 1000 - 1200, 1]];
  expect(around(anomaly({ end: '2026-03-04T05:06:00.000Z', context: { window } }), start).from).toBe(start - 30 * minute);
});

test('One that goes on is shown up to now', () => {
  expect(around(anomaly({ last_odd: '2026-03-04T05:10:00.000Z' }), start + 5 * minute).to).toBe(start + 5 * minute);
});

test('One that began this moment is within the chart, not on its edge', () => {
  expect(around(anomaly(), start).to).toBeGreaterThan(start);
});

test('How far off in words', () => {
  expect(distance(anomaly({ value: 98, expected: 12 }))).toBe('8.2 times the expected');
  expect(distance(anomaly({ value: 3000, expected: 12 }))).toBe('250 times the expected');
  expect(distance(anomaly({ value: 3, expected: 12 }))).toBe('4.0 times less than expected');
  expect(distance(anomaly({ value: 13, expected: 12 }))).toBe('above the expected');
  expect(distance(anomaly({ value: -1, expected: 12 }))).toBe('below the expected');
  expect(distance(anomaly({ value: 5, expected: null }))).toBeNull();
});
