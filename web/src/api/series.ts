// Series, their samples, and how the server is.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call } from './client';
import type { Samples, SeriesPage, ServerStatus } from './types';

/** How often the overview asks how the server is, milliseconds. */
export const statusEveryMs = 5_000;

export function useServerStatus() {
  return useQuery({ queryKey: ['status'], queryFn: ({ signal }) => call<ServerStatus>('/api/v1/status', { signal }), refetchInterval: statusEveryMs });
}

/** Series whose text contains the search, in the order of their text. */
export function useSeries(search: string) {
  return useInfiniteQuery({
    queryKey: ['series', search],
    queryFn: ({ pageParam, signal }) => call<SeriesPage>('/api/v1/series', { query: { search, after: pageParam, limit: 100 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    // Reading again reads every page: not for somebody who leafed through thousands.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 3 ? false : 10_000),
  });
}

export interface SamplesQuery {
  series: string | null;
  /** Unix milliseconds. Null: `spanMs` before now, asked again and again. */
  from: number | null;
  to: number | null;
  spanMs: number;
  maxPoints: number;
  follow: boolean;
}

/** Samples with the expected band, either of a fixed time or following now. */
export function useSamples({ series, from, to, spanMs, maxPoints, follow }: SamplesQuery) {
  return useQuery({
    queryKey: ['samples', series, from, to, spanMs, maxPoints],
    enabled: series !== null,
    queryFn: async ({ signal }) => {
      const end = to ?? Date.now();
      const start = from ?? end - spanMs;
      const query = { series, start: (start / 1000).toFixed(3), end: (end / 1000).toFixed(3), max_points: maxPoints };
      let read = await call<Samples>('/api/v1/samples', { query: { ...query, band: true }, signal });
      // The band is worked out for the newest 100,000 samples; a longer time is shown whole, without it.
      if (read.truncated) read = await call<Samples>('/api/v1/samples', { query: { ...query, limit: 1_000_000 }, signal });
      return { ...read, from: start / 1000, to: end / 1000 };
    },
    placeholderData: (held, earlier) => (earlier?.queryKey[1] === series ? held : undefined),
    refetchInterval: follow && to === null ? followEveryMs(spanMs) : false,
  });
}

/** A pixel of the chart is about a thousandth of its span: asking more often shows nothing new. */
export function followEveryMs(spanMs: number): number {
  return Math.min(Math.max(spanMs / 600, 3_000), 60_000);
}
