// The time shown is kept in the address: a span up to now, or fixed ends.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const spans = [
  { value: '15m', label: '15 m', ms: 15 * minute },
  { value: '1h', label: '1 h', ms: hour },
  { value: '6h', label: '6 h', ms: 6 * hour },
  { value: '24h', label: '24 h', ms: day },
  { value: '7d', label: '7 d', ms: 7 * day },
  { value: '30d', label: '30 d', ms: 30 * day },
] as const;

export type TimeRange =
  | { kind: 'span'; span: string; ms: number }
  /** Unix milliseconds. */
  | { kind: 'fixed'; from: number; to: number };

const usual: TimeRange = { kind: 'span', span: '1h', ms: hour };

export function readRange(query: URLSearchParams): TimeRange {
  const from = Number(query.get('from') ?? NaN);
  const to = Number(query.get('to') ?? NaN);
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return { kind: 'fixed', from, to };
  const span = spans.find((each) => each.value === query.get('range'));
  return span ? { kind: 'span', span: span.value, ms: span.ms } : usual;
}

/** Changes the range in a query and leaves the rest. */
export function writeRange(query: URLSearchParams, range: TimeRange): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ['from', 'to', 'range']) next.delete(name);
  if (range.kind === 'fixed') {
    next.set('from', String(Math.round(range.from)));
    next.set('to', String(Math.round(range.to)));
  } else if (range.span !== '1h') next.set('range', range.span);
  return next;
}

/** A range of at least a second, not after now, of at most a year. */
export function tidy(from: number, to: number, now: number): TimeRange {
  const length = Math.min(Math.max(to - from, 1000), 366 * day);
  const end = Math.min(to, now + minute);
  return { kind: 'fixed', from: end - length, to: end };
}

/** The text an input of type datetime-local wants, local time to the second. */
export function toInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * minute);
  return local.toISOString().slice(0, 19);
}

/** Where a series has samples at all, if none of them would be in the span: what to show first of an upload of old data. */
export function rangeOfOld(first: string, last: string, spanMs: number, now: number): TimeRange | null {
  const [from, to] = [Date.parse(first), Date.parse(last)];
  if (!(to < now - spanMs)) return null;
  const margin = Math.max((to - from) * 0.03, 5_000);
  return { kind: 'fixed', from: Math.max(from - margin, to - 30 * day), to: to + margin };
}
