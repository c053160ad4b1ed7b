import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { ApiError } from '../../api/client';
import * as api from '../../api/upload';
import { open } from '../../test/harness';

const answers: Record<string, () => Promise<api.UploadHandle['done'] extends Promise<infer T> ? T : never>> = {
  'good.csv': () => Promise.resolve({ accepted: 2, rejected: 0, errors: [] }),
  'partly.csv': () =>
    Promise.resolve({ accepted: 1, rejected: 12, errors: [{ index: 1, code: 'not_finite', detail: 'Line 3: the value must be finite, but is "NaN".' }] }),
  'bad.txt': () => Promise.reject(new ApiError(413, 'too_large', 'That is larger than the server takes.')),
};

function stub() {
  vi.spyOn(api, 'upload').mockImplementation((file) => ({ done: answers[file.name]!(), cancel: () => {} }));
}

test('Each file tells what was taken and what was not, and why', async () => {
  stub();
  const user = userEvent.setup({ applyAccept: false });
  await open('/upload');
  await user.upload(
    await screen.findByLabelText('Files to upload'),
    ['good.csv', 'partly.csv', 'bad.txt'].map((name) => new File(['x'], name)),
  );
  expect(await screen.findByText('2 samples taken')).toBeTruthy();
  expect(await screen.findByText('1 sample taken, 12 records rejected')).toBeTruthy();
  expect(screen.getByText('not_finite')).toBeTruthy();
  expect(screen.getByText('and 11 more')).toBeTruthy();
  expect(await screen.findByText('That is larger than the server takes.')).toBeTruthy();
  expect(screen.getByText('3 of 3 files done')).toBeTruthy();
});

test('Files can be dropped, and the list cleared', async () => {
  stub();
  const user = userEvent.setup();
  await open('/upload');
  const zone = (await screen.findByRole('button', { name: 'Choose files' })).parentElement!;
  fireEvent.drop(zone, { dataTransfer: { files: [new File(['x'], 'good.csv')] } });
  await screen.findByText('2 samples taken');
  await user.click(screen.getByRole('button', { name: 'Clear what is done' }));
  expect(screen.queryByText('good.csv')).toBeNull();
});
