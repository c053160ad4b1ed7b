// What to show around an anomaly.
import type { Anomaly } from '../../api/types';

const minute = 60_000;

/** From and to, Unix milliseconds: the span, with room of three times its length or of the window looked at before it, to see normal too. */
export function around(anomaly: Anomaly, now: number): { from: number; to: number } {
  const start = Date.parse(anomaly.start);
  const end = Math.max(anomaly.end === null ? Date.parse(anomaly.last_odd) : Date.parse(anomaly.end), start);
  const first = anomaly.context.window[0];
  const looked = first ? start - first[0] * 1000 : 0;
  const before = Math.max(3 * (end - start), 1.5 * looked, 2 * minute);
  const after = Math.max((end - start) / 2, before / 3);
  // A little more than there is, so that the latest sample is not on the edge.
  return { from: start - before, to: Math.max(Math.min(end + after, now), end + before / 20) };
}

/** How far the value was from what was expected, in words of the reader: "8.2 × the expected", "12.4 below expected". */
export function distance(anomaly: Anomaly): string | null {
  const { value, expected } = anomaly;
  if (expected === null || value === expected) return null;
  const ratio = value / expected;
  if (expected !== 0 && value !== 0 && ratio > 0 && (ratio >= 1.5 || ratio <= 1 / 1.5))
    return ratio > 1 ? `${figure(ratio)} times the expected` : `${figure(1 / ratio)} times less than expected`;
  return value > expected ? 'above the expected' : 'below the expected';
}

const figure = (ratio: number) => (ratio >= 10 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(1));
