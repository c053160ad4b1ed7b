// A page on the mock API, with a WebSocket that the test holds the other end of.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { MemoryRouter, useLocation } from 'react-router';
import { afterEach, vi } from 'vitest';
import { startMock, type Mock } from '../../mock/server.mjs';
import { createQueryClient } from '../api/queryClient';
import { AppRoutes } from '../App';
import { theme, variables } from '../theme/theme';
import { FakeSocket } from './FakeSocket';

let running: Mock | null = null;

afterEach(async () => {
  await running?.stop();
  running = null;
  FakeSocket.all = [];
  vi.unstubAllGlobals();
});

/** Opens the dashboard at a path, with the mock API behind it. */
export async function open(path: string, options: Parameters<typeof startMock>[0] = {}) {
  running = await startMock(options);
  const { url, world } = running;
  const real = fetch;
  vi.stubGlobal('fetch', (target: string, init?: RequestInit) => real(url + target, { ...init, signal: null }));
  vi.stubGlobal('WebSocket', FakeSocket);
  let address = path;
  function Address() {
    const { pathname, search } = useLocation();
    address = pathname + search;
    return null;
  }
  const view = render(
    <MantineProvider theme={theme} cssVariablesResolver={variables} env="test">
      <Notifications />
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter initialEntries={[path]}>
          <AppRoutes />
          <Address />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, world, mock: running, address: () => address };
}
