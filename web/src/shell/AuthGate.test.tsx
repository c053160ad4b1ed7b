import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { AuthState } from '../api/types';
import { FakeSocket } from '../test/FakeSocket';
import { open } from '../test/harness';
import { safeNext, wayFrom } from './AuthGate';

const signedOut: AuthState = { auth: 'required', setup_needed: false, user: null };
const signedIn: AuthState = { ...signedOut, user: { name: 'mira' } };
const fresh: AuthState = { ...signedOut, setup_needed: true };

test.each<[string, AuthState, string | null]>([
  ['/', signedIn, null],
  ['/', { auth: 'none', setup_needed: false, user: null }, null],
  ['/', signedOut, '/sign-in'],
  ['/anomalies?severity=high', signedOut, '/sign-in?next=%2Fanomalies%3Fseverity%3Dhigh'],
  ['/sign-in', signedOut, null],
  ['/sign-in?next=%2Fseries', signedIn, '/series'],
  ['/sign-in', signedIn, '/'],
  ['/', fresh, '/setup'],
  ['/setup', fresh, null],
  ['/setup', signedOut, '/sign-in'],
  ['/setup', signedIn, '/'],
])('From %s', (path, state, way) => expect(wayFrom(path, state, false)).toBe(way));

test('Only a path of this page is gone to after signing in', () => {
  expect(safeNext('/series?key=a')).toBe('/series?key=a');
  expect(safeNext('https://elsewhere.example')).toBe('/');
  expect(safeNext('//elsewhere.example')).toBe('/');
  expect(safeNext('/\\elsewhere.example')).toBe('/');
  expect(safeNext(null)).toBe('/');
});

test('Signing in leads to where one wanted to go; a wrong password is said', async () => {
  const user = userEvent.setup();
  const { address } = await open('/help', { auth: true });
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'mira');
  await user.type(screen.getByLabelText('Password'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('Name or password is wrong')).toBeTruthy();
  await user.clear(screen.getByLabelText('Password'));
  await user.type(screen.getByLabelText('Password'), 'correct horse');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(address()).toBe('/help'));
  expect(await screen.findByText('mira')).toBeTruthy();
});

test('A session that ends shows the sign-in page and says why', async () => {
  const user = userEvent.setup();
  const { mock, address } = await open('/sign-in', { auth: true });
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'mira');
  await user.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
  await screen.findByRole('link', { name: /Series/ });
  mock.session.user = null;
  await user.click(screen.getByRole('link', { name: /Series/ }));
  expect(await screen.findByText(/Your session has ended/)).toBeTruthy();
  expect(address()).toContain('next=%2Fseries');
  expect(FakeSocket.last.closed).toBe(true);
});

test('The set-up link makes the first user', async () => {
  const user = userEvent.setup();
  const { address } = await open('/setup#token=opensesame', { auth: 'setup' });
  await user.click(await screen.findByRole('button', { name: 'Begin' }));
  expect(screen.getByText('At least 10 characters')).toBeTruthy();
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'mira');
  await user.type(screen.getByLabelText('Password'), 'correct horse');
  await user.type(screen.getByLabelText('Password again'), 'correct horse');
  await user.click(screen.getByRole('button', { name: 'Begin' }));
  await waitFor(() => expect(address()).toBe('/'));
});

test('Without a token set-up says where the link is', async () => {
  await open('/', { auth: 'setup' });
  expect(await screen.findByText(/one-time set-up link/)).toBeTruthy();
});
