// The filter of the list lives in the address, so that it can be shared, bookmarked and gone back to.
import { severities, statuses, type Severity, type Status } from '../../api/types';
import type { AnomalyFilter } from '../../api/anomalyLists';

const hour = 3_600_000;
export const ranges = { '1h': hour, '24h': 24 * hour, '7d': 7 * 24 * hour, '30d': 30 * 24 * hour } as const;
export type Range = keyof typeof ranges;
export type View = 'list' | 'table';

export interface Choice {
  severities: Severity[];
  statuses: Status[];
  method: string;
  series: string;
  ongoing: boolean;
  /** A range up to now, 'custom' for from and to, empty for any time. */
  range: Range | 'custom' | '';
  /** As an input of type datetime-local has it, local time; empty for open. */
  from: string;
  to: string;
  view: View;
}

export function readChoice(query: URLSearchParams): Choice {
  const among = <T extends string>(name: string, all: readonly T[]) => all.filter((each) => query.get(name)?.split(',').includes(each));
  const text = (name: string) => query.get(name) ?? '';
  const range = text('range');
  return {
    severities: among('severity', severities),
    statuses: among('status', statuses),
    method: text('method'),
    series: text('series'),
    ongoing: text('ongoing') === 'true',
    range: range in ranges || range === 'custom' ? (range as Range | 'custom') : '',
    from: text('from'),
    to: text('to'),
    view: text('view') === 'table' ? 'table' : 'list',
  };
}

/** The shortest query that reads back as the same choice. */
export function writeChoice(choice: Choice): URLSearchParams {
  const query = new URLSearchParams();
  const put = (name: string, value: string) => value && query.set(name, value);
  put('severity', choice.severities.join(','));
  put('status', choice.statuses.join(','));
  put('method', choice.method);
  put('series', choice.series);
  put('ongoing', choice.ongoing ? 'true' : '');
  put('range', choice.range);
  put('from', choice.range === 'custom' ? choice.from : '');
  put('to', choice.range === 'custom' ? choice.to : '');
  put('view', choice.view === 'table' ? 'table' : '');
  return query;
}

/** What to ask the API for. A range up to now begins at a whole minute, so that the same question is asked for a while. */
export function toFilter(choice: Choice, now: number): AnomalyFilter {
  const local = (text: string) => (choice.range === 'custom' && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : null);
  const span = choice.range !== '' && choice.range !== 'custom' ? ranges[choice.range] : null;
  return {
    severities: choice.severities,
    statuses: choice.statuses,
    method: choice.method || null,
    series: choice.series || null,
    from: span === null ? local(choice.from) : Math.floor(now / 60_000) * 60_000 - span,
    to: span === null ? local(choice.to) : null,
    ongoing: choice.ongoing ? true : null,
  };
}

/** How many conditions there are, the view not counted. */
export function countConditions(choice: Choice): number {
  return [choice.severities.length, choice.statuses.length, choice.method, choice.series, choice.ongoing, choice.range].filter(Boolean).length;
}
