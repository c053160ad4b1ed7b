import { expect, test } from 'vitest';
import { authKey } from './auth';
import { ApiError } from './client';
import { createQueryClient, worthRetrying } from './queryClient';

test('Only what may pass is tried again, and not for ever', () => {
  expect(worthRetrying(0, new ApiError(0, 'unreachable', ''))).toBe(true);
  expect(worthRetrying(1, new ApiError(503, 'busy', ''))).toBe(true);
  expect(worthRetrying(2, new ApiError(503, 'busy', ''))).toBe(false);
  expect(worthRetrying(0, new ApiError(404, 'not_found', ''))).toBe(false);
  expect(worthRetrying(0, new ApiError(0, 'unreadable', ''))).toBe(false);
  expect(worthRetrying(0, new Error('bug'))).toBe(false);
});

test('A refused session forgets the user', async () => {
  const queries = createQueryClient();
  queries.setQueryData(authKey, { auth: 'required', setup_needed: false, user: { name: 'mira' } });
  await queries.fetchQuery({ queryKey: ['x'], queryFn: () => Promise.reject(new ApiError(401, 'unauthorized', '')) }).catch(() => {});
  expect(queries.getQueryData(authKey)).toEqual({ auth: 'required', setup_needed: false, user: null });
});
