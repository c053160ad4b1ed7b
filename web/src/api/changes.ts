// Changes that were told of, and what lies around an anomaly.
import { useQuery } from '@tanstack/react-query';
import { call } from './client';
import type { Page } from './types';

export interface Change {
  id: string;
  kind: 'deployment' | 'configuration' | 'feature_flag' | 'other';
  title: string;
  time: string;
  /** Null for a moment. */
  end: string | null;
  service: string | null;
  version: string | null;
  text: string | null;
  link: string | null;
  tags: string[];
}

export interface AnomalyContext {
  changes: Change[];
  /** Ids of traces that are examples of what was odd. */
  traces: string[];
}

/** Changes that touch a stretch of time, Unix milliseconds; the newest 200. */
export function useChanges(from: number, to: number) {
  return useQuery({
    queryKey: ['changes', from, to],
    queryFn: async ({ signal }) =>
      (await call<Page<Change>>('/api/v1/changes', { query: { start: (from / 1000).toFixed(3), end: (to / 1000).toFixed(3), limit: 200 }, signal })).data,
    placeholderData: (held) => held,
  });
}

export function useAnomalyContext(id: string) {
  return useQuery({ queryKey: ['anomaly-context', id], queryFn: ({ signal }) => call<AnomalyContext>(`/api/v1/anomalies/${id}/context`, { signal }) });
}
