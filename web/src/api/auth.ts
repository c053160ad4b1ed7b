// Who is signed in, and tokens for programs.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './client';
import type { AuthState, NewToken, Scope, Token } from './types';

export const authKey = ['auth'] as const;
const tokensKey = ['tokens'] as const;

export function useAuthState() {
  return useQuery({ queryKey: authKey, queryFn: ({ signal }) => call<AuthState>('/api/v1/auth/state', { signal }), staleTime: 60_000, retry: 2 });
}

export function useSetup() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { token: string; name: string; password: string }) => call('/api/v1/auth/setup', { method: 'POST', body: given }),
    onSuccess: () => queries.refetchQueries({ queryKey: authKey }),
  });
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { name: string; password: string }) => call('/api/v1/auth/login', { method: 'POST', body: given }),
    onSuccess: () => queries.refetchQueries({ queryKey: authKey }),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call('/api/v1/auth/logout', { method: 'POST' }),
    onSuccess: async () => {
      // Nothing that was read as this user stays behind.
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== authKey[0] });
      await queries.refetchQueries({ queryKey: authKey });
    },
  });
}

export function useTokens(enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: tokensKey,
    queryFn: async ({ signal }) => {
      return (await call<{ data: Token[] }>('/api/v1/tokens', { signal })).data;
    },
  });
}

export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { name: string; scope: Scope }) => call<NewToken>('/api/v1/tokens', { method: 'POST', body: given }),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensKey }),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensKey }),
  });
}
