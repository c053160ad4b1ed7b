// How reading behaves everywhere: what is worth a second try, and what happens when a session ends.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { authKey } from './auth';
import { ApiError } from './client';
import type { AuthState } from './types';

/** Twice more for what may pass: no answer, or a fault of the server. What the server refused stays refused. */
export function worthRetrying(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500) && error.code !== 'unreadable';
}

export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    // The session ended: forget the user, and the gate shows the sign-in page.
    if (!(error instanceof ApiError) || error.status !== 401) return;
    queries.setQueryData<AuthState>(authKey, (state) => state && { ...state, user: null });
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 2_000, refetchOnWindowFocus: true } },
  });
  return queries;
}
