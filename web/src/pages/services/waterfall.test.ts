import { expect, test } from 'vitest';
import type { Span } from '../../api/traces';
import { inOrder } from './waterfall';

const span = (span_id: string, parent_id: string | null, start_ms: number): Span => ({
  span_id,
  parent_id,
  service: 's',
  operation: 'o',
  kind: 'server',
  start_ms,
  duration_ms: 1,
  failed: false,
  message: null,
  peer: null,
  tags: {},
});
const shape = (spans: Span[]) => inOrder(spans).map(({ span: { span_id }, depth }) => `${span_id}${depth}`);

test('A span stands below its parent, brothers by their start', () => {
  expect(shape([span('c', 'a', 5), span('b', 'a', 2), span('d', 'b', 3), span('a', null, 0)])).toEqual(['a0', 'b1', 'd2', 'c1']);
});

test('No span is left out: without its parent, in a circle, its own parent', () => {
  expect(shape([span('a', 'x', 0), span('b', 'c', 1), span('c', 'b', 2), span('d', 'd', 3)]).sort()).toEqual(['a0', 'b0', 'c0', 'd0']);
});
