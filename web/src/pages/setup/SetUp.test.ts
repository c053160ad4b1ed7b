import { expect, test } from 'vitest';
import { mistakes, tokenOf } from './SetUp';

test('The token is read from the hash', () => {
  expect(tokenOf('#token=a-b_c')).toBe('a-b_c');
  expect(tokenOf('')).toBe('');
});

test('Mistakes are told before the server has to', () => {
  expect(mistakes(' ', 'short', 'other')).toEqual({ name: 'Needed', password: 'At least 10 characters', again: 'Not the same' });
  expect(mistakes('mira', 'correct horse', 'correct horse')).toEqual({ name: null, password: null, again: null });
});
