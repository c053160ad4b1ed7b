import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { open } from '../../test/harness';

test('Services, who calls whom and traces are on one page; a service opens its operations', async () => {
  const { address } = await open('/services');
  const user = userEvent.setup();
  const table = within(await screen.findByRole('region', { name: 'Services' }));
  expect(table.getByText('3.4 %')).toBeTruthy();
  expect(await screen.findByRole('button', { name: /^checkout: 2.6\/s, 3.4 % fail/ })).toBeTruthy();
  await user.click(table.getByRole('button', { name: 'web' }));
  expect(address()).toBe('/services?service=web');
  expect(within(screen.getByRole('region', { name: 'Operations' })).getByText('GET /carts/:id')).toBeTruthy();
});

test('The drawing can be worked with the keyboard', async () => {
  const { address } = await open('/services');
  const user = userEvent.setup();
  const node = await screen.findByRole('button', { name: /^checkout: / });
  node.focus();
  await user.keyboard('{Enter}');
  expect(address()).toBe('/services?service=checkout');
});

test('A trace is a waterfall whose spans open', async () => {
  await open('/services');
  const user = userEvent.setup();
  await user.click(await screen.findByRole('link', { name: 'web · GET /carts/:id' }));
  const spans = within(await screen.findByRole('list', { name: 'Spans' })).getAllByRole('button');
  expect(spans).toHaveLength(4);
  await user.click(spans[1]!);
  expect(await screen.findByText('card declined')).toBeTruthy();
});

test('Without spans the page says how to send some', async () => {
  await open('/services', { empty: true });
  expect(await screen.findByText('No spans in the last hour')).toBeTruthy();
});

test('A trace that is gone is said plainly', async () => {
  await open(`/traces/${'0'.repeat(32)}`);
  expect(await screen.findByRole('heading', { name: 'No such trace' })).toBeTruthy();
});
