import { expect, test } from 'vitest';
import { ago, duration, exact, moment } from './times';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [-5, '0 s'],
  [400, '1 s'],
  [42_000, '42 s'],
  [3 * minute + 59_000, '3 min'],
  [2 * hour, '2 h'],
  [2 * hour + 5 * minute, '2 h 5 min'],
  [3 * day + 4 * hour, '3 d 4 h'],
  [46 * day + hour, '46 d'],
  [17.5 * 365.25 * day, '17 y'],
])('%s ms last %s', (ms, text) => expect(duration(ms)).toBe(text));

test('Times are told from now', () => {
  expect(ago(1000, 3000)).toBe('just now');
  expect(ago(0, 3 * minute)).toBe('3 min ago');
  expect(ago(10 * minute, 0)).toBe('in 10 min');
});

test('A moment is as exact as its distance asks for', () => {
  const now = Date.parse('2026-11-21T14:00:00Z');
  expect(moment(Date.parse('2026-11-21T04:03:12Z'), now)).toBe('04:03:12');
  expect(moment(Date.parse('2026-11-20T23:03:12Z'), now)).toBe('20 Nov 23:03');
  expect(moment(Date.parse('2009-02-13T23:31:30Z'), now)).toBe('13 Feb 2009 23:31');
});

test('The exact time has UTC with it; one that is none is empty', () => {
  expect(exact(0)).toContain('1970-01-01T00:00:00.000Z');
  expect(exact(NaN)).toBe('');
});
