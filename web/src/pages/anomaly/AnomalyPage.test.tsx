import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { startMock } from '../../../mock/server.mjs';
import { open } from '../../test/harness';

/** The id of the newest anomaly: the made-up world is the same within one step of its time. */
async function openNewest() {
  const opened = await open('/anomalies');
  const user = userEvent.setup();
  await user.click((await screen.findAllByRole('link', { name: /http_request_duration_seconds/ }))[0]!);
  await screen.findByText('Votes');
  return { ...opened, user };
}

test('All evidence is on the page: words, votes, window, settings', async () => {
  const { world } = await openNewest();
  const shown = world.anomalies[0]!;
  expect(screen.getByText(shown.explanation)).toBeTruthy();
  const votes = within(screen.getByRole('region', { name: 'Votes' }));
  expect(votes.getAllByRole('row')).toHaveLength(5);
  expect(votes.getAllByText('odd')).toHaveLength(3);
  expect(screen.getByText('48 samples')).toBeTruthy();
  expect(screen.getByText('policy.streak')).toBeTruthy();
});

test('It can be resolved with a note, which is shown with who said it', async () => {
  const { user, world } = await openNewest();
  await user.click(screen.getByRole('button', { name: 'Add a note' }));
  await user.type(screen.getByRole('textbox', { name: 'Note' }), 'Rolled back.');
  await user.click(screen.getByRole('button', { name: 'Resolve' }));
  expect(await screen.findByText('Rolled back.')).toBeTruthy();
  expect(world.anomalies[0]!.status).toBe('resolved');
  expect(screen.queryByRole('button', { name: 'Resolve' })).toBeNull();
});

test('The keyboard marks too, but not while somebody types', async () => {
  const { user, world } = await openNewest();
  await user.click(screen.getByRole('button', { name: 'Add a note' }));
  await user.type(screen.getByRole('textbox', { name: 'Note' }), 'far');
  expect(world.anomalies[0]!.status).toBe('open');
  await user.click(document.body);
  await user.keyboard('f');
  await waitFor(() => expect(world.anomalies[0]!.status).toBe('false_positive'));
});

test('An id that nothing has is said plainly', async () => {
  await open(`/anomalies/${'0'.repeat(32)}`);
  expect(await screen.findByRole('heading', { name: 'No such anomaly' })).toBeTruthy();
});

test('The mock answers as the API does: a problem with a code', async () => {
  const mock = await startMock();
  const answer = await fetch(`${mock.url}/api/v1/anomalies/${'0'.repeat(32)}`);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'not_found' });
  await mock.stop();
});
