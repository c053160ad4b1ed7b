import { expect, test } from 'vitest';
import { isTyping, stepOf } from './shortcuts';

test('g waits for a place and goes there', () => {
  expect(stepOf(false, 'g')).toEqual({ waiting: true, action: null });
  expect(stepOf(true, 'a')).toEqual({ waiting: false, action: { kind: 'go', path: '/anomalies' } });
  expect(stepOf(true, 'O').action).toEqual({ kind: 'go', path: '/' });
  expect(stepOf(true, 'x')).toEqual({ waiting: false, action: null });
});

test('Single keys search and help; others do nothing', () => {
  expect(stepOf(false, '/').action).toEqual({ kind: 'search' });
  expect(stepOf(false, '?').action).toEqual({ kind: 'help' });
  expect(stepOf(false, 'a').action).toBeNull();
});

test('Keys in a field are text', () => {
  expect(isTyping(document.createElement('input'))).toBe(true);
  expect(isTyping(document.createElement('div'))).toBe(false);
  expect(isTyping(null)).toBe(false);
});
