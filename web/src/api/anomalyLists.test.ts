import { expect, test } from 'vitest';
import { anomaly } from '../test/anomaly';
import { applyToList, applyToPages, bySeries, matches, needsAttention, perHour, type AnomalyFilter } from './anomalyLists';

const all: AnomalyFilter = { severities: [], statuses: [], method: null, series: null, from: null, to: null, ongoing: null };
const at = (minute: number) => `2026-03-04T05:${String(minute).padStart(2, '0')}:00.000Z`;
const a = anomaly({ id: 'a', start: at(10) });
const b = anomaly({ id: 'b', start: at(20) });
const c = anomaly({ id: 'c', start: at(30) });

test('The empty filter takes all', () => expect(matches(a, all)).toBe(true));

test.each<[string, Partial<AnomalyFilter>, boolean]>([
  ['its severity', { severities: ['high', 'low'] }, true],
  ['another severity', { severities: ['low'] }, false],
  ['another status', { statuses: ['resolved'] }, false],
  ['a method that voted', { method: 'zscore' }, true],
  ['its detector', { method: 'adaptive' }, true],
  ['another method', { method: 'percentile' }, false],
  ['a part of the series in another case', { series: 'HOST="A"' }, true],
  ['another series', { series: 'memory' }, false],
  ['a start at the lower limit', { from: Date.parse(a.start) }, true],
  ['a start at the upper limit', { to: Date.parse(a.start) }, false],
  ['those going on', { ongoing: true }, true],
  ['those over', { ongoing: false }, false],
])('A filter on %s', (_, filter, expected) => expect(matches(a, { ...all, ...filter })).toBe(expected));

test('A new anomaly goes where its start says', () => {
  expect(applyToList([c, a], b, true).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
});

test('A known one is replaced in its place', () => {
  const changed = { ...b, status: 'resolved' as const };
  expect(applyToList([c, b, a], changed, true)).toEqual([c, changed, a]);
});

test('One that no longer belongs is taken out, and a list that never had it stays the same', () => {
  const list = [c, a];
  expect(applyToList(list, a, false)).toEqual([c]);
  expect(applyToList(list, b, false)).toBe(list);
});

test('In pages a new one enters the first and a known one stays where it is', () => {
  const pages = {
    pages: [
      { data: [c], next_cursor: 'x' },
      { data: [a], next_cursor: null },
    ],
    pageParams: [null, 'x'],
  };
  expect(applyToPages(pages, b, true).pages.map((page) => page.data.map(({ id }) => id))).toEqual([['c', 'b'], ['a']]);
  expect(applyToPages(pages, { ...a, count: 9 }, true).pages[1]!.data[0]!.count).toBe(9);
  expect(applyToPages(pages, b, false)).toBe(pages);
});

test('What goes on comes first, worst first; what is over and open waits below; the rest is left out', () => {
  const low = anomaly({ id: 'low', severity: 'low', start: at(40) });
  const critical = anomaly({ id: 'critical', severity: 'critical', start: at(1) });
  const over = anomaly({ id: 'over', end: at(12), start: at(11) });
  const handled = anomaly({ id: 'handled', end: at(12), status: 'resolved' });
  const dismissed = anomaly({ id: 'dismissed', status: 'false_positive' });
  const { now, unhandled } = needsAttention([low, critical, dismissed], [low, over, handled]);
  expect(now.map(({ id }) => id)).toEqual(['critical', 'low']);
  expect(unhandled.map(({ id }) => id)).toEqual(['over']);
});

test('An end that one list has heard of wins over the other list', () => {
  const over = { ...a, ongoing: false, end: at(12) };
  expect(needsAttention([a], [over])).toEqual({ now: [], unhandled: [over] });
});

test('Anomalies of one series are one group', () => {
  const other = anomaly({ id: 'o', series: 'other' });
  expect(bySeries([c, other, a]).map((group) => group.map(({ id }) => id))).toEqual([['c', 'a'], ['o']]);
});

test('Hours are whole, end after now and count by severity', () => {
  const hours = perHour(
    [a, b, anomaly({ id: 'x', severity: 'low', start: '2026-03-03T06:00:00.000Z' }), anomaly({ id: 'y', start: '2026-03-03T05:59:59.000Z' })],
    Date.parse(at(31)),
  );
  expect(hours).toHaveLength(24);
  expect(hours[23]).toMatchObject({ from: Date.parse(at(0)), total: 2, counts: { high: 2 } });
  expect(hours[0]).toMatchObject({ total: 1, counts: { low: 1 } });
  expect(hours.reduce((sum, hour) => sum + hour.total, 0)).toBe(3);
});
