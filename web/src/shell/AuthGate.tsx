// Decides between set-up, sign-in and the dashboard, and keeps where the reader wanted to go.
import { Button, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { useAuthState } from '../api/auth';
import type { AuthState } from '../api/types';
import { messageOf } from '../parts/Problem';
import classes from './AuthGate.module.css';
import { Plain } from './Plain';

/** Where somebody has to go from a path, or null to stay. */
export function wayFrom(path: string, state: AuthState, hadUser: boolean): string | null {
  const page = path.split(/[?#]/)[0]!;
  const signedIn = state.auth === 'none' || state.user !== null;
  if (state.setup_needed && state.auth === 'required') return page === '/setup' ? null : '/setup';
  if (page === '/setup') return signedIn ? '/' : '/sign-in';
  if (page === '/sign-in') return signedIn ? safeNext(new URLSearchParams(path.split('?')[1]).get('next')) : null;
  if (signedIn) return null;
  const query = new URLSearchParams({ ...(path !== '/' && { next: path }), ...(hadUser && { ended: '1' }) }).toString();
  return `/sign-in${query && `?${query}`}`;
}

/** A path of this page; anything else would let a link send somebody elsewhere after signing in. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}

export function AuthGate() {
  const { data: state, error, refetch, isFetching } = useAuthState();
  const { pathname, search, hash } = useLocation();
  const hadUser = useRef(false);
  useEffect(() => {
    if (state?.user) hadUser.current = true;
  }, [state?.user]);

  if (!state && error) {
    return (
      <Plain>
        <Title order={1}>The server does not answer</Title>
        <Text c="dimmed" my="md">
          {messageOf(error)} Is it running?
        </Text>
        <Button onClick={() => void refetch()} loading={isFetching}>
          Try again
        </Button>
      </Plain>
    );
  }
  if (!state) return <div className={classes.waiting} role="status" aria-label="Loading" />;
  // The hash holds the set-up token: it must not travel into a query.
  const way = wayFrom(pathname + search, state, hadUser.current);
  return way === null ? <Outlet /> : <Navigate to={way === '/setup' ? `/setup${hash}` : way} replace />;
}
