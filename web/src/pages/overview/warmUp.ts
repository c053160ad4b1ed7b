// When the first series will have been seen long enough to be judged.
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client';
import type { Series, SeriesPage, ServerStatus } from '../../api/types';
import { useNow } from '../../text/useNow';

/** What the default detector sees of a series before it judges. */
const warmUpMs = 120_000;
const warmUpSamples = 32;

/** Milliseconds until the first of the series is judged; 0 when one is, or when none comes regularly. */
export function firstJudgement(series: Pick<Series, 'first' | 'last' | 'samples'>[], now: number): number {
  const waits = series.map(({ first, last, samples }) => {
    const began = Date.parse(first);
    const step = samples > 1 ? (Date.parse(last) - began) / (samples - 1) : Infinity;
    return Math.max(began + Math.max(warmUpMs, warmUpSamples * step) - now, 0);
  });
  const least = Math.min(...waits);
  return Number.isFinite(least) ? least : 0;
}

/** The same for the server's series, asked only in its first minutes. */
export function useFirstJudgement(status: ServerStatus | undefined): number {
  const now = useNow();
  const young = status !== undefined && status.uptime_seconds < 600 && status.series > 0;
  const { data } = useQuery({
    queryKey: ['first-judgement'],
    enabled: young,
    queryFn: async ({ signal }) => (await call<SeriesPage>('/api/v1/series', { query: { limit: 200 }, signal })).data,
    refetchInterval: 15_000,
  });
  return young && data ? firstJudgement(data, now) : 0;
}
