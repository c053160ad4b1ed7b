// What the public API answers. Times of anomalies are ISO 8601, times of samples Unix seconds.

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

export const statuses = ['open', 'acknowledged', 'resolved', 'false_positive'] as const;
export type Status = (typeof statuses)[number];

export interface Vote {
  detector: string;
  weight: number;
  score: number;
  anomalous: boolean;
  /** True while it had seen too little to judge. */
  warming_up?: boolean;
  expected: number | null;
  lower: number | null;
  upper: number | null;
  statistic: number | null;
  term: string;
}

export interface Anomaly {
  id: string;
  series: string;
  metric: string;
  labels: Record<string, string>;
  tenant: string;
  detector: string;
  methods: string[];
  start: string;
  /** Null while it goes on. */
  end: string | null;
  last_odd: string;
  peak: string;
  ongoing: boolean;
  /** Odd samples in the span. */
  count: number;
  value: number;
  expected: number | null;
  /** Null for no lower limit. */
  lower: number | null;
  /** Null for no upper limit. */
  upper: number | null;
  deviation: number | null;
  /** 0 to 1. */
  score: number;
  statistic: number | null;
  term: string;
  severity: Severity;
  status: Status;
  status_by: string | null;
  status_at: string | null;
  note: string | null;
  explanation: string;
  reason: string;
  impact: string;
  votes: Vote[];
  context: { window: Point[] };
  config: Record<string, string>;
}

/** Unix seconds and value. */
export type Point = [time: number, value: number];

/** Unix seconds, expected, lower, upper; null for unknown or no limit. */
export type BandPoint = [time: number, expected: number | null, lower: number | null, upper: number | null];

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface SeriesPage extends Page<Series> {
  /** Of all series, whatever was searched for. */
  total: number;
}

export interface Series {
  series: string;
  metric: string;
  labels: Record<string, string>;
  first: string;
  last: string;
  last_value: number | null;
  samples: number;
  detector: string;
  /** Id of the anomaly that is going on. */
  open_anomaly: string | null;
}

export interface Samples {
  series: string;
  samples: Point[];
  band?: BandPoint[];
  truncated: boolean;
  downsampled: boolean;
}

export interface Source {
  id: string;
  state: 'ok' | 'failing' | 'off';
  detail: string | null;
  last_success: string | null;
}

export interface ServerStatus {
  version: string;
  uptime_seconds: number;
  series: number;
  samples_total: number;
  samples_per_second: number;
  queue_depth: number;
  anomalies_total: number;
  ongoing: number;
  watchers: number;
  /** 0 to 1; 1 when recovery is done. */
  recovery_progress: number;
  sources: Source[];
}

export interface IngestError {
  index: number;
  code: string;
  detail: string;
}

export interface UploadResult {
  accepted: number;
  rejected: number;
  errors: IngestError[];
}

export interface AuthState {
  auth: 'required' | 'none';
  setup_needed: boolean;
  user: { name: string } | null;
}

export const scopes = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface Token {
  id: string;
  name: string;
  scope: Scope;
  created_by: string;
  created_at: string;
}

export interface NewToken extends Token {
  /** The secret; this answer alone has it. */
  token: string;
}

export type LiveMessage =
  { type: 'hello'; version: string } | { type: 'opened' | 'updated' | 'closed' | 'status'; anomaly: Anomaly } | { type: 'missed'; count: number };
