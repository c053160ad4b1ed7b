import { expect, test } from 'vitest';
import type { Vote } from '../api/types';
import { anomaly } from '../test/anomaly';
import { agreement, lasted, list } from './anomaly';

const vote = (detector: string, anomalous: boolean): Vote => ({
  detector,
  anomalous,
  weight: 1,
  score: 0.5,
  expected: 1,
  lower: 0,
  upper: 2,
  statistic: 1,
  term: 'x',
});

test('Names are listed, many of them cut', () => {
  expect(list([])).toBe('');
  expect(list(['a'])).toBe('a');
  expect(list(['a', 'b'])).toBe('a and b');
  expect(list(['a', 'b', 'c'])).toBe('a, b and c');
  expect(list(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more');
});

test('Who agreed is told with how many voted', () => {
  expect(agreement(anomaly({ votes: [vote('adaptive', true), vote('zscore', true), vote('percentile', false)] }))).toBe('adaptive and zscore agree (2 of 3)');
  expect(agreement(anomaly({ methods: ['zscore'], votes: [vote('zscore', true), vote('percentile', false)] }))).toBe('zscore agrees (1 of 2)');
  expect(agreement(anomaly({ methods: [], votes: [] }))).toBe('adaptive');
});

test('How long it lasted', () => {
  const start = Date.parse('2026-03-04T05:06:00.000Z');
  expect(lasted(anomaly(), start + 180_000)).toBe('for 3 min');
  expect(lasted(anomaly({ end: '2026-03-04T05:08:00.000Z' }), start)).toBe('lasted 2 min');
  expect(lasted(anomaly({ end: '2026-03-04T05:06:00.000Z' }), start)).toBe('one sample');
});
