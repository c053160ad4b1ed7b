import type { Anomaly } from '../src/api/types';

export interface World {
  anomalies: Anomaly[];
  series: { key: string }[];
}

export interface Mock {
  url: string;
  world: World;
  session: { user: string | null };
  stop: () => Promise<void>;
}

export function startMock(options?: {
  port?: number;
  root?: string | null;
  auth?: boolean | 'setup';
  live?: boolean;
  quiet?: boolean;
  empty?: boolean;
  startedAgo?: number;
}): Promise<Mock>;
