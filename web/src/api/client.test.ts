import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, call, problemOf, toQuery } from './client';

afterEach(() => vi.unstubAllGlobals());

const answer = (body: string, init?: ResponseInit) => vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response(body, init)));

test('A query has only the values that are there', () => {
  expect(toQuery({ a: 1, b: '', c: null, d: undefined, e: false, f: 'x{y="z"}' })).toBe('?a=1&e=false&f=x%7By%3D%22z%22%7D');
  expect(toQuery({})).toBe('');
});

test('A change carries the header that another site cannot send', async () => {
  answer('{"ok":true}');
  expect(await call('/x', { method: 'POST', body: { a: 1 } })).toEqual({ ok: true });
  const [path, init] = vi.mocked(fetch).mock.calls[0]!;
  expect(path).toBe('/x');
  expect(init).toMatchObject({ method: 'POST', body: '{"a":1}', headers: { 'X-Requested-With': 'oddity', 'Content-Type': 'application/json' } });
});

test('An answer without content is nothing', async () => {
  vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response(null, { status: 204 })));
  expect(await call('/x', { method: 'DELETE' })).toBeUndefined();
});

test('A problem becomes an error with its code and words', async () => {
  answer('{"title":"Too many","detail":"Wait a while.","code":"too_many"}', { status: 429, headers: { 'Retry-After': '7' } });
  const error = await call('/x').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 429, code: 'too_many', message: 'Wait a while.', retryAfterS: 7 });
});

test("A proxy's page instead of a problem gets words of its status", () => {
  expect(problemOf(502, '<html>Bad gateway</html>')).toMatchObject({ code: 'http_502', message: 'The server had a fault (502).' });
  expect(problemOf(403, '[]')).toMatchObject({ message: 'You have no permission for this.' });
});

test('No answer at all is said so', async () => {
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed to fetch')));
  await expect(call('/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
});

test('An answer that is not JSON is an error, not a value', async () => {
  answer('<html>');
  await expect(call('/x')).rejects.toMatchObject({ code: 'unreadable' });
});

test('A call that was given up is not reported as a broken server', async () => {
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new DOMException('aborted', 'AbortError')));
  await expect(call('/x')).rejects.toMatchObject({ name: 'AbortError' });
});
