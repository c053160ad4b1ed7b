import { expect, test } from 'vitest';
import { ApiError } from '../../api/client';
import { atOnce, due, failure, reduce, type QueuedFile } from './queue';

const file = (name: string) => new File(['x'], name);
const added = reduce([], { type: 'add', files: [file('a'), file('b'), file('c')] });

test('Files wait in the order in which they came, each with its own key', () => {
  expect(added.map(({ key, file, state }) => [key, file.name, state.kind])).toEqual([
    [1, 'a', 'waiting'],
    [2, 'b', 'waiting'],
    [3, 'c', 'waiting'],
  ]);
  expect(reduce(added, { type: 'add', files: [file('d')] }).at(-1)?.key).toBe(4);
});

test('Only a few go at a time', () => {
  expect(due(added)).toHaveLength(atOnce);
  const sending = reduce(added, { type: 'set', key: 1, state: { kind: 'sending', share: 0.5 } });
  expect(due(sending).map(({ key }) => key)).toEqual([2]);
});

test('Clearing takes what is finished, not what is on its way', () => {
  const states: QueuedFile['state'][] = [
    { kind: 'done', result: { accepted: 1, rejected: 0, errors: [] } },
    { kind: 'failed', message: 'no', result: null },
    { kind: 'sending', share: 1 },
  ];
  const queue = states.reduce((held, state, index) => reduce(held, { type: 'set', key: index + 1, state }), added);
  expect(reduce(queue, { type: 'clear' }).map(({ key }) => key)).toEqual([3]);
  expect(reduce(queue, { type: 'remove', key: 3 }).map(({ key }) => key)).toEqual([1, 2]);
});

test('A refusal keeps what it says of records, and only then', () => {
  const problem = { detail: 'Nothing good.', accepted: 0, rejected: 1, errors: [{ index: 0, code: 'bad_value', detail: 'NaN' }] };
  expect(failure(new ApiError(400, 'bad_value', 'Nothing good.', null, problem))).toMatchObject({
    kind: 'failed',
    message: 'Nothing good.',
    result: { rejected: 1 },
  });
  expect(failure(new ApiError(413, 'too_large', 'Too large.'))).toEqual({ kind: 'failed', message: 'Too large.', result: null });
});
