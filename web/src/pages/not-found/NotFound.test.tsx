import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { open } from '../../test/harness';

test('An unknown address says so and leads back', async () => {
  const { address } = await open('/nowhere');
  const user = userEvent.setup();
  await user.click(await screen.findByRole('link', { name: 'To the overview' }));
  expect(address()).toBe('/');
});

test('/ui leads to the overview', async () => {
  const { address } = await open('/ui', { quiet: true });
  await screen.findByRole('heading', { name: 'All quiet' });
  expect(address()).toBe('/');
});

test('g and a letter go places, ? shows the keys', async () => {
  const { address } = await open('/help');
  const user = userEvent.setup();
  await screen.findByText('Search on this page');
  await user.keyboard('gu');
  expect(address()).toBe('/upload');
  await user.keyboard('?');
  expect(await screen.findByRole('dialog', { name: 'Keyboard' })).toBeTruthy();
});
