import { expect, test } from 'vitest';
import type { Figures } from '../../api/traces';
import { column, place } from './layout';

const figures: Figures = { requests: 1, requests_per_second: 1, error_rate: 0, latency_p50_ms: 1, latency_p95_ms: 1, latency_p99_ms: 1, self_time_ms: 1 };
const graph = (names: string[], edges: [string, string][]) => ({
  nodes: names.map((name) => ({ name, type: 'service' as const, figures })),
  edges: edges.map(([from, to]) => ({ from, to, figures })),
});

test('Callers stand to the left of what they call', () => {
  const { nodes } = place(
    graph(
      ['db', 'pay', 'web'],
      [
        ['web', 'pay'],
        ['pay', 'db'],
        ['web', 'db'],
      ],
    ),
  );
  expect(Object.fromEntries(nodes.map(({ name, x }) => [name, x / column]))).toEqual({ web: 0, pay: 1, db: 2 });
});

test('A circle is drawn too, and nodes never share a place', () => {
  const { nodes } = place(
    graph(
      ['a', 'b', 'c'],
      [
        ['a', 'b'],
        ['b', 'a'],
        ['c', 'c'],
      ],
    ),
  );
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(3);
});

test('Nothing takes up a little room', () => {
  expect(place(graph([], []))).toMatchObject({ nodes: [], width: column });
});
