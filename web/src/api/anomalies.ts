// Reading anomalies, and saying what people make of them.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { call, type Query } from './client';
import { applyToList, applyToPages, matches, type AnomalyFilter } from './anomalyLists';
import type { Anomaly, LiveMessage, Page, Status } from './types';

const day = 24 * 60 * 60 * 1000;
const pageSize = 50;

export const anomalyKeys = {
  all: ['anomalies'] as const,
  list: (filter: AnomalyFilter) => ['anomalies', 'list', filter] as const,
  day: ['anomalies', 'day'] as const,
  ongoing: ['anomalies', 'ongoing'] as const,
  one: (id: string) => ['anomalies', 'one', id] as const,
  of: (series: string, from: number, to: number) => ['anomalies', 'of', series, from, to] as const,
};

const toApi = (filter: AnomalyFilter): Query => ({
  severity: filter.severities.join(','),
  status: filter.statuses.join(','),
  method: filter.method,
  series: filter.series,
  start_time: filter.from === null ? null : new Date(filter.from).toISOString(),
  end_time: filter.to === null ? null : new Date(filter.to).toISOString(),
  ongoing: filter.ongoing,
});

/** Anomalies that match, newest first, a page at a time. */
export function useAnomalies(filter: AnomalyFilter) {
  return useInfiniteQuery({
    queryKey: anomalyKeys.list(filter),
    queryFn: ({ pageParam, signal }) => call<Page<Anomaly>>('/api/v1/anomalies', { query: { ...toApi(filter), limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** The anomalies of the last 24 hours (600 at most, newest first), for what is unhandled and how many there were. */
export function useDayOfAnomalies() {
  return useQuery({
    queryKey: anomalyKeys.day,
    queryFn: async ({ signal }) => {
      const found: Anomaly[] = [];
      let cursor: string | null = null;
      do {
        const query: Query = { start_time: new Date(Date.now() - day).toISOString(), limit: 200, cursor };
        const page: Page<Anomaly> = await call<Page<Anomaly>>('/api/v1/anomalies', { query, signal });
        found.push(...page.data);
        cursor = page.next_cursor;
      } while (cursor !== null && found.length < 600);
      return found;
    },
    refetchInterval: 5 * 60_000,
  });
}

/** Everything that is odd at this moment, however long ago it began. */
export function useOngoing() {
  return useQuery({
    queryKey: anomalyKeys.ongoing,
    queryFn: async ({ signal }) => (await call<Page<Anomaly>>('/api/v1/anomalies', { query: { ongoing: true, limit: 200 }, signal })).data,
    refetchInterval: 60_000,
  });
}

export function useAnomaly(id: string) {
  return useQuery({ queryKey: anomalyKeys.one(id), queryFn: ({ signal }) => call<Anomaly>(`/api/v1/anomalies/${encodeURIComponent(id)}`, { signal }) });
}

/** Anomalies of one series that began in [from, to), Unix milliseconds; also a day before, because those may reach into it. */
export function useAnomaliesOf(series: string | null, from: number, to: number) {
  return useQuery({
    queryKey: anomalyKeys.of(series ?? '', from, to),
    enabled: series !== null,
    queryFn: async ({ signal }) => {
      const query = { series, start_time: new Date(from - day).toISOString(), end_time: new Date(to).toISOString(), limit: 200 };
      const page = await call<Page<Anomaly>>('/api/v1/anomalies', { query, signal });
      // The filter is a part of the text; the chart wants this series alone.
      return page.data.filter((anomaly) => anomaly.series === series && (anomaly.end === null || Date.parse(anomaly.end) >= from));
    },
    placeholderData: keepPreviousData,
  });
}

const verbs: Record<Status, string> = { open: 'reopen', acknowledged: 'acknowledge', resolved: 'resolve', false_positive: 'false-positive' };

export interface StatusChange {
  id: string;
  status: Status;
  note?: string;
}

/** Sets the status of an anomaly and shows it in every list at once. */
export function useSetStatus() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, status, note }: StatusChange) =>
      call<Anomaly>(`/api/v1/anomalies/${encodeURIComponent(id)}/${verbs[status]}`, { method: 'POST', body: note ? { note } : {} }),
    onSuccess: (anomaly) => applyLive(queries, { type: 'status', anomaly }),
  });
}

/** Brings what a live message says into everything that was read before. */
export function applyLive(queries: QueryClient, message: LiveMessage): void {
  if (message.type === 'hello') return;
  if (message.type === 'missed') {
    void queries.invalidateQueries({ queryKey: anomalyKeys.all });
    return;
  }
  const { anomaly } = message;
  queries.setQueryData<Anomaly>(anomalyKeys.one(anomaly.id), anomaly);
  queries.setQueryData<Anomaly[]>(anomalyKeys.day, (list) => list && applyToList(list, anomaly, true));
  queries.setQueryData<Anomaly[]>(anomalyKeys.ongoing, (list) => list && applyToList(list, anomaly, anomaly.ongoing));
  for (const [key] of queries.getQueriesData({ queryKey: ['anomalies', 'list'] })) {
    const filter = key[2] as AnomalyFilter;
    queries.setQueryData<InfiniteData<Page<Anomaly>, string | null>>(key, (held) => held && applyToPages(held, anomaly, matches(anomaly, filter)));
  }
  for (const [key] of queries.getQueriesData({ queryKey: ['anomalies', 'of', anomaly.series] })) {
    queries.setQueryData<Anomaly[]>(key, (list) => list && applyToList(list, anomaly, true));
  }
}
