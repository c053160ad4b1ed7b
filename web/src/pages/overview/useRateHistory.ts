import { useEffect, useState } from 'react';
import type { Point, ServerStatus } from '../../api/types';

/** Five minutes at one reading each five seconds. */
const most = 60;

/** The rates that were seen since the page is open. */
export function useRateHistory(status: ServerStatus | undefined): Point[] {
  const [history, setHistory] = useState<Point[]>([]);
  useEffect(() => {
    if (status) setHistory((held) => [...held.slice(1 - most), [Date.now() / 1000, status.samples_per_second]]);
  }, [status]);
  return history;
}
