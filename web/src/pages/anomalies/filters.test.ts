import { expect, test } from 'vitest';
import { countConditions, readChoice, toFilter, writeChoice } from './filters';

const read = (text: string) => readChoice(new URLSearchParams(text));

test.each([
  '',
  'severity=critical%2Chigh&status=open',
  'method=zscore&series=cpu%7Bhost%3D%22a%22%7D&ongoing=true&range=24h',
  'range=custom&from=2026-03-04T05%3A06&to=2026-03-05T00%3A00&view=table',
])('The address «%s» reads and writes the same', (text) => expect(writeChoice(read(text)).toString()).toBe(text));

test('What is not known in an address is left out', () => {
  expect(read('severity=high,nonsense&status=x&range=never&view=z')).toMatchObject({ severities: ['high'], statuses: [], range: '', view: 'list' });
});

test('A range up to now begins at a whole minute', () => {
  const now = Date.parse('2026-03-04T05:06:42.000Z');
  expect(toFilter(read('range=1h'), now)).toMatchObject({ from: Date.parse('2026-03-04T04:06:00.000Z'), to: null });
  expect(toFilter(read(''), now)).toMatchObject({ from: null, to: null, series: null, method: null, ongoing: null });
});

test('Chosen ends are local times; an empty one is open', () => {
  expect(toFilter(read('range=custom&from=2026-03-04T05:06'), 0)).toMatchObject({ from: Date.parse('2026-03-04T05:06:00.000Z'), to: null });
});

test('Conditions are counted, the view is none', () => {
  expect(countConditions(read('view=table'))).toBe(0);
  expect(countConditions(read('severity=high&ongoing=true&series=x'))).toBe(3);
});
