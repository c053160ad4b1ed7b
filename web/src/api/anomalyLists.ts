// Pure steps on lists of anomalies: does one belong, and where.
import type { InfiniteData } from '@tanstack/react-query';
import type { Anomaly, Page, Severity, Status } from './types';

export interface AnomalyFilter {
  severities: Severity[];
  statuses: Status[];
  method: string | null;
  /** Text the series contains, any case. */
  series: string | null;
  /** Unix milliseconds, inclusive. */
  from: number | null;
  /** Unix milliseconds, exclusive. */
  to: number | null;
  ongoing: boolean | null;
}

/** The same rules as the server's, so that what arrives live lands in the lists it would be in. */
export function matches(anomaly: Anomaly, filter: AnomalyFilter): boolean {
  const start = Date.parse(anomaly.start);
  return (
    (filter.severities.length === 0 || filter.severities.includes(anomaly.severity)) &&
    (filter.statuses.length === 0 || filter.statuses.includes(anomaly.status)) &&
    (filter.method === null || anomaly.detector === filter.method || anomaly.methods.includes(filter.method)) &&
    (filter.series === null || anomaly.series.toLowerCase().includes(filter.series.toLowerCase())) &&
    (filter.from === null || start >= filter.from) &&
    (filter.to === null || start < filter.to) &&
    (filter.ongoing === null || anomaly.ongoing === filter.ongoing)
  );
}

/** Newest start first; equal starts by id, as the server does. */
export function newestFirst(a: Anomaly, b: Anomaly): number {
  return a.start === b.start ? (a.id < b.id ? 1 : -1) : a.start < b.start ? 1 : -1;
}

/** The list with this anomaly's new state: replaced, put in its place, or taken out. */
export function applyToList(list: Anomaly[], anomaly: Anomaly, belongs: boolean): Anomaly[] {
  const others = list.filter((held) => held.id !== anomaly.id);
  if (!belongs) return others.length === list.length ? list : others;
  if (others.length < list.length) return list.map((held) => (held.id === anomaly.id ? anomaly : held));
  return [...others, anomaly].sort(newestFirst);
}

/** The same for pages: one that is new goes into the first page; one that is elsewhere is replaced where it is. */
export function applyToPages<P>(pages: InfiniteData<Page<Anomaly>, P>, anomaly: Anomaly, belongs: boolean): InfiniteData<Page<Anomaly>, P> {
  const at = pages.pages.findIndex((page) => page.data.some((held) => held.id === anomaly.id));
  if (at < 0 && !belongs) return pages;
  const target = Math.max(at, 0);
  return { ...pages, pages: pages.pages.map((page, index) => (index === target ? { ...page, data: applyToList(page.data, anomaly, belongs) } : page)) };
}

const rank: Record<Severity, number> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** What needs a person first: what goes on before what is over, worse before milder, newer before older. */
export function mostUrgentFirst(a: Anomaly, b: Anomaly): number {
  if (a.ongoing !== b.ongoing) return a.ongoing ? -1 : 1;
  if (a.ongoing && a.severity !== b.severity) return rank[a.severity] - rank[b.severity];
  return newestFirst(a, b);
}

export interface Attention {
  /** Going on, whatever people said of it except that it is false. */
  now: Anomaly[];
  /** Over and nobody has looked. */
  unhandled: Anomaly[];
}

/** What the overview shows, from what goes on and what began in the last day. */
export function needsAttention(ongoing: Anomaly[], day: Anomaly[]): Attention {
  const all = new Map([...day, ...ongoing].map((anomaly) => [anomaly.id, anomaly]));
  // The day's list is told of ends too, so a later state of the same anomaly must win.
  for (const anomaly of day) if (!anomaly.ongoing) all.set(anomaly.id, anomaly);
  const sorted = [...all.values()].sort(mostUrgentFirst);
  return {
    now: sorted.filter((anomaly) => anomaly.ongoing && anomaly.status !== 'false_positive' && anomaly.status !== 'resolved'),
    unhandled: sorted.filter((anomaly) => !anomaly.ongoing && anomaly.status === 'open'),
  };
}

/** The same anomalies, those of a series together, in the order in which each series comes first. */
export function bySeries(anomalies: Anomaly[]): [Anomaly, ...Anomaly[]][] {
  const groups = new Map<string, [Anomaly, ...Anomaly[]]>();
  for (const anomaly of anomalies) {
    const group = groups.get(anomaly.series);
    if (group) group.push(anomaly);
    else groups.set(anomaly.series, [anomaly]);
  }
  return [...groups.values()];
}

export interface HourCount {
  /** Unix milliseconds. */
  from: number;
  to: number;
  counts: Record<Severity, number>;
  total: number;
}

/** How many began in each of the last 24 hours up to now, oldest first. */
export function perHour(list: Anomaly[], now: number): HourCount[] {
  const hour = 60 * 60 * 1000;
  const end = Math.ceil(now / hour) * hour;
  const hours: HourCount[] = Array.from({ length: 24 }, (_, index) => {
    const from = end - (24 - index) * hour;
    return { from, to: from + hour, counts: { critical: 0, high: 0, medium: 0, low: 0, info: 0 }, total: 0 };
  });
  for (const anomaly of list) {
    const slot = hours[Math.floor((Date.parse(anomaly.start) - (end - 24 * hour)) / hour)];
    if (!slot) continue;
    slot.counts[anomaly.severity]++;
    slot.total++;
  }
  return hours;
}
