import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { anomaly } from '../../test/anomaly';
import { FakeSocket } from '../../test/FakeSocket';
import { open } from '../../test/harness';
import { firstJudgement } from './warmUp';

test('What is odd now stands first, with value, expectation and who agreed', async () => {
  await open('/');
  expect(await screen.findByRole('heading', { name: '2 things are odd now' })).toBeTruthy();
  const [worst] = screen.getAllByRole('article');
  expect(within(worst!).getByText('Critical')).toBeTruthy();
  expect(within(worst!).getByText(/^expected /)).toBeTruthy();
  expect(within(worst!).getByText(/agree \(3 of 4\)/)).toBeTruthy();
  expect(screen.getByText('Over, but nobody has looked')).toBeTruthy();
  await waitFor(() => expect(document.title).toBe('(2) Overview · Oddity'));
});

test('The state of the server is shown: rate, series, sources', async () => {
  await open('/');
  expect(await screen.findByText('connection refused: 127.0.0.1:9090')).toBeTruthy();
  expect(screen.getByText('failing')).toBeTruthy();
});

test('What happens appears as it happens, and leaves when it is over', async () => {
  await open('/', { quiet: true });
  expect(await screen.findByRole('heading', { name: 'All quiet' })).toBeTruthy();
  const odd = anomaly({ start: new Date().toISOString() });
  act(() => {
    FakeSocket.last.onopen?.();
    FakeSocket.last.say({ type: 'opened', anomaly: odd });
  });
  expect(await screen.findByRole('heading', { name: '1 thing is odd now' })).toBeTruthy();
  expect(screen.getByText('98 %')).toBeTruthy();
  act(() => FakeSocket.last.say({ type: 'closed', anomaly: { ...odd, ongoing: false, end: odd.start } }));
  expect(await screen.findByRole('heading', { name: 'Quiet now' })).toBeTruthy();
});

test('The connection says how it stands', async () => {
  await open('/', { quiet: true });
  await screen.findByRole('heading', { name: 'All quiet' });
  act(() => FakeSocket.last.onopen?.());
  expect(screen.getAllByText('Live').length).toBeGreaterThan(0);
  act(() => FakeSocket.last.onclose?.());
  expect(screen.getAllByText(/Reconnecting/).length).toBeGreaterThan(0);
});

test('Acknowledging is told and can be undone', async () => {
  const user = userEvent.setup();
  const { world } = await open('/');
  await user.click(await screen.findByRole('button', { name: 'Acknowledge' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(world.anomalies.find((each) => each.severity === 'critical' && each.ongoing)?.status).toBe('open'));
});

test('A fresh server says when it begins to judge', async () => {
  await open('/', { quiet: true, startedAgo: 30_000 });
  expect(await screen.findByText(/First judgements in about/)).toBeTruthy();
});

test('Without series it says how to get some', async () => {
  await open('/', { empty: true });
  expect(await screen.findByRole('heading', { name: 'Nothing to watch yet' })).toBeTruthy();
});

test('Names from outside are text, not markup', async () => {
  await open('/', { quiet: true });
  await screen.findByRole('heading', { name: 'All quiet' });
  act(() => FakeSocket.last.say({ type: 'opened', anomaly: anomaly({ metric: '<img src=x onerror=alert(1)>' }) }));
  expect(await screen.findByText('<img src=x onerror=alert(1)>')).toBeTruthy();
  expect(document.querySelector('img')).toBeNull();
});

test('The first judgement is that of the series that is soonest warm', () => {
  const began = '2026-03-04T05:00:00.000Z';
  const series = (samples: number, seconds: number) => ({ first: began, last: new Date(Date.parse(began) + seconds * 1000).toISOString(), samples });
  const now = Date.parse(began) + 30_000;
  // Every 3 s: two minutes decide. Every 10 s: 32 samples decide.
  expect(firstJudgement([series(11, 30)], now)).toBe(90_000);
  expect(firstJudgement([series(4, 30)], now)).toBe(290_000);
  expect(firstJudgement([series(4, 30), series(11, 30)], now)).toBe(90_000);
  expect(firstJudgement([series(1, 0)], now)).toBe(0);
  expect(firstJudgement([series(11, 30)], now + 600_000)).toBe(0);
});
