import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { anomaly } from '../../test/anomaly';
import { FakeSocket } from '../../test/FakeSocket';
import { open } from '../../test/harness';

const rows = () => within(screen.getByRole('list', { name: 'Anomalies' })).getAllByRole('listitem');

test('All anomalies are listed, newest first', async () => {
  await open('/anomalies');
  await screen.findByRole('list', { name: 'Anomalies' });
  expect(rows()).toHaveLength(15);
  expect(within(rows()[0]!).getByText('goes on')).toBeTruthy();
});

test('The filter is in the address and changes what is listed', async () => {
  const user = userEvent.setup();
  const { address } = await open('/anomalies');
  await screen.findByRole('list', { name: 'Anomalies' });
  await user.click(screen.getByRole('button', { name: 'Critical' }));
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(address()).toBe('/anomalies?severity=critical');
  await user.type(screen.getByRole('textbox', { name: 'Series contains' }), 'checkout');
  await waitFor(() => expect(rows()).toHaveLength(1));
  await user.click(screen.getByRole('button', { name: 'Clear the filter' }));
  await waitFor(() => expect(rows()).toHaveLength(15));
});

test('A new one arrives on top when it matches the filter, else not', async () => {
  await open('/anomalies?severity=critical');
  await screen.findByRole('list', { name: 'Anomalies' });
  act(() => FakeSocket.last.say({ type: 'opened', anomaly: anomaly({ severity: 'low', start: new Date().toISOString() }) }));
  act(() =>
    FakeSocket.last.say({
      type: 'opened',
      anomaly: anomaly({ id: 'f'.repeat(32), severity: 'critical', metric: 'brand_new', start: new Date().toISOString() }),
    }),
  );
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(within(rows()[0]!).getByText('brand_new')).toBeTruthy();
});

test('A row can be marked from its menu', async () => {
  const user = userEvent.setup();
  const { world } = await open('/anomalies');
  await screen.findByRole('list', { name: 'Anomalies' });
  await user.click(within(rows()[0]!).getByRole('button', { name: /What to do/ }));
  await user.click(await screen.findByRole('menuitem', { name: 'False positive' }));
  await waitFor(() => expect(world.anomalies.filter((each) => each.ongoing).some((each) => each.status === 'false_positive')).toBe(true));
  expect(await within(rows()[0]!).findByText('False positive')).toBeTruthy();
});

test('The table has the seven columns, with evidence and settings as JSON', async () => {
  await open('/anomalies?view=table');
  const table = await screen.findByRole('table');
  expect(
    within(table)
      .getAllByRole('columnheader')
      .map((each) => each.textContent),
  ).toEqual(['ID', 'Detected At', 'Value', 'Method', 'Score', 'Context', 'Config']);
  expect(within(table).getAllByText(/"policy.streak": "2"/).length).toBeGreaterThan(0);
});

test('j and k move through the list and Enter opens', async () => {
  const user = userEvent.setup();
  const { address } = await open('/anomalies');
  await screen.findByRole('list', { name: 'Anomalies' });
  await user.keyboard('jjk{Enter}');
  await waitFor(() => expect(address()).toMatch(/^\/anomalies\/[0-9a-f]{32}$/));
});

test('When nothing matches it says so', async () => {
  await open('/anomalies?series=nowhere');
  expect(await screen.findByText('Nothing matches this filter')).toBeTruthy();
});
