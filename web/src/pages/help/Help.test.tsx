import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { open } from '../../test/harness';
import { examplesFor } from './examples';

test("Examples carry the page's own address, and a token only where one is needed", () => {
  const all = (needsToken: boolean) => examplesFor('https://oddity.example', needsToken).map(({ text }) => text);
  expect(
    all(false)
      .filter((text) => text.includes('curl'))
      .every((text) => text.includes('https://oddity.example/')),
  ).toBe(true);
  expect(all(false).some((text) => text.includes('Bearer'))).toBe(false);
  expect(
    all(true)
      .filter((text) => text.includes('curl'))
      .every((text) => text.includes('Bearer $ODDITY_TOKEN')),
  ).toBe(true);
});

test('Help lists the keyboard', async () => {
  await open('/help');
  expect(await screen.findByText('Search on this page')).toBeTruthy();
});
