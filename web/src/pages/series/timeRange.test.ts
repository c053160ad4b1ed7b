import { expect, test } from 'vitest';
import { rangeOfOld, readRange, tidy, toInput, writeRange } from './timeRange';

const read = (text: string) => readRange(new URLSearchParams(text));
const hour = 3_600_000;

test('The address says what time is shown; without it the last hour', () => {
  expect(read('')).toEqual({ kind: 'span', span: '1h', ms: hour });
  expect(read('range=7d')).toEqual({ kind: 'span', span: '7d', ms: 168 * hour });
  expect(read('from=1000&to=2000')).toEqual({ kind: 'fixed', from: 1000, to: 2000 });
  expect(read('from=2000&to=1000&range=nonsense')).toEqual({ kind: 'span', span: '1h', ms: hour });
});

test('Writing a range leaves the rest of the address alone', () => {
  const query = new URLSearchParams('key=a&from=1&to=2');
  expect(writeRange(query, { kind: 'span', span: '6h', ms: 6 * hour }).toString()).toBe('key=a&range=6h');
  expect(writeRange(query, { kind: 'fixed', from: 3.4, to: 9.6 }).toString()).toBe('key=a&from=3&to=10');
});

test('A range is never shorter than a second, longer than a year, or in the future', () => {
  expect(tidy(1000, 1001, 1e12)).toEqual({ kind: 'fixed', from: 1, to: 1001 });
  const now = Date.parse('2026-03-04T05:06:00.000Z');
  expect(tidy(now, now + 10 * hour, now)).toMatchObject({ to: now + 60_000 });
});

test('An input gets the local time to the second', () => {
  expect(toInput(Date.parse('2026-03-04T05:06:07.890Z'))).toBe('2026-03-04T05:06:07');
});

test('A series of long ago opens where its samples are', () => {
  const now = Date.parse('2026-03-04T05:06:00.000Z');
  const old = rangeOfOld('2009-02-13T23:31:30.000Z', '2009-02-13T23:41:30.000Z', hour, now);
  expect(old).toMatchObject({ kind: 'fixed' });
  expect(rangeOfOld('2026-03-01T00:00:00.000Z', '2026-03-04T05:05:00.000Z', hour, now)).toBeNull();
});
