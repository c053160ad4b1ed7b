import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { open } from '../../test/harness';

async function openTokens() {
  const user = userEvent.setup();
  const opened = await open('/tokens', { auth: true });
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'mira');
  await user.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
  await screen.findByText('New token');
  return { ...opened, user };
}

test('A token is made with its scope and its secret is shown once', async () => {
  const { user } = await openTokens();
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'telegraf');
  await user.click(screen.getByRole('radio', { name: 'read' }));
  await user.click(screen.getByRole('button', { name: 'Make token' }));
  expect(await screen.findByText(/^odd_/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Copy the token' })).toBeTruthy();
  const row = (await screen.findByRole('cell', { name: 'telegraf' })).closest('tr')!;
  expect(within(row).getByText('read')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'I have it' }));
  expect(screen.queryByText(/^odd_/)).toBeNull();
});

test('Revoking asks first', async () => {
  const { user } = await openTokens();
  await user.click(await screen.findByRole('button', { name: 'Revoke grafana' }));
  expect(await screen.findByText('Revoke «grafana»?')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Revoke' }));
  await waitFor(() => expect(screen.queryByRole('cell', { name: 'grafana' })).toBeNull());
});

test('Without sign-in tokens mean nothing, and the page says so', async () => {
  await open('/tokens');
  expect(await screen.findByText(/tokens mean nothing/)).toBeTruthy();
});
