// One live connection for the whole page; what it hears goes into the query cache.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { anomalyKeys, applyLive } from '../api/anomalies';
import { LiveConnection, type ConnectionState } from './connection';

const Live = createContext<LiveConnection | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const connection = useMemo(
    () =>
      new LiveConnection(
        `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/anomalies`,
        (message) => applyLive(queries, message),
        () => void queries.invalidateQueries({ queryKey: anomalyKeys.all }),
      ),
    [queries],
  );
  useEffect(() => {
    const seenAgain = () => document.visibilityState === 'visible' && connection.retryNow();
    connection.start();
    window.addEventListener('online', connection.retryNow);
    window.addEventListener('offline', connection.networkLost);
    document.addEventListener('visibilitychange', seenAgain);
    return () => {
      window.removeEventListener('online', connection.retryNow);
      window.removeEventListener('offline', connection.networkLost);
      document.removeEventListener('visibilitychange', seenAgain);
      connection.stop();
    };
  }, [connection]);
  return <Live value={connection}>{children}</Live>;
}

const never = () => () => {};
const notYet: ConnectionState = { kind: 'connecting' };

/** How the live connection stands, and a way to try again now. */
export function useConnection(): { state: ConnectionState; retryNow: () => void } {
  const connection = useContext(Live);
  const state = useSyncExternalStore(connection?.watch ?? never, () => connection?.state ?? notYet);
  return { state, retryNow: connection?.retryNow ?? (() => {}) };
}
