// An anomaly in few words.
import type { Anomaly, Severity, Status } from '../api/types';
import { duration } from './times';

export const severityWord: Record<Severity, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low', info: 'Info' };

export const statusWord: Record<Status, string> = { open: 'Open', acknowledged: 'Acknowledged', resolved: 'Resolved', false_positive: 'False positive' };

/** "adaptive, z-score and 2 more". */
export function list(names: string[], most = 3): string {
  if (names.length === 0) return '';
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** Who agreed, out of how many that voted. */
export function agreement(anomaly: Anomaly): string {
  const agreed = anomaly.methods.length > 0 ? anomaly.methods : [anomaly.detector];
  const voters = Math.max(anomaly.votes.length, agreed.length);
  return voters > 1 ? `${list(agreed, 2)} agree${agreed.length === 1 ? 's' : ''} (${agreed.length} of ${voters})` : `${list(agreed)}`;
}

/** How long it has gone on or went on. */
export function lasted(anomaly: Anomaly, now: number): string {
  const start = Date.parse(anomaly.start);
  if (anomaly.end === null) return `for ${duration(now - start)}`;
  const length = Date.parse(anomaly.end) - start;
  return length <= 0 ? 'one sample' : `lasted ${duration(length)}`;
}

/** Labels as `name=value`, in the order of the series' own text. */
export function labelList(labels: Record<string, string>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}
