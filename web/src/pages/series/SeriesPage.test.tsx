import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { open } from '../../test/harness';
import { counted } from './SeriesList';

test('Series are listed with their latest value, the odd ones marked, the first one shown', async () => {
  await open('/series');
  expect(await screen.findByText('24 series')).toBeTruthy();
  expect(within(screen.getByRole('region', { name: 'All series' })).getAllByText('odd now')).toHaveLength(2);
  expect(await screen.findByText(/points over 1 h/)).toBeTruthy();
});

test('The search narrows the list and is in the address', async () => {
  const user = userEvent.setup();
  const { address } = await open('/series');
  await user.type(await screen.findByRole('textbox', { name: 'Search series' }), 'queue');
  expect(await screen.findByText('3 of 24 series')).toBeTruthy();
  expect(address()).toContain('search=queue');
});

test('Choosing a series and a time keeps both in the address', async () => {
  const user = userEvent.setup();
  const { address } = await open('/series');
  await user.click(await screen.findByRole('link', { name: /database_connections_active.*orders/ }));
  await user.click(await screen.findByRole('radio', { name: '24 h' }));
  await waitFor(() => expect(address()).toContain('range=24h'));
  expect(new URLSearchParams(address().split('?')[1]).get('key')).toBe('database_connections_active{database="orders"}');
  expect(await screen.findByText(/points over 1 d/)).toBeTruthy();
});

test('What was odd in the time shown is listed below the chart', async () => {
  const key = 'cpu_percent{host="atlas"}';
  await open(`/series?key=${encodeURIComponent(key)}`);
  const panel = (await screen.findByText('Odd in this time')).closest('section')!;
  await waitFor(() => expect(within(panel).getAllByRole('link')).toHaveLength(1));
});

test('A series that is not there is a readable problem', async () => {
  await open('/series?key=nowhere');
  expect(await screen.findByText('There is no series by that name.')).toBeTruthy();
});

test('How many were found', () => {
  expect(counted('', 24, false, 24)).toBe('24 series');
  expect(counted('a', 3, false, 24)).toBe('3 of 24 series');
  expect(counted('a', 100, true, 5000)).toBe('100 or more of 5,000 series');
});
