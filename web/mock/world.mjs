// A made-up world for working on the dashboard without a server: series that breathe, and things that went odd in them.
import { createHash } from 'node:crypto';

const minute = 60_000;
const hour = 60 * minute;
const iso = (ms) => new Date(ms).toISOString();
const id = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Noise of -1..1 that is the same each time it is asked for. */
function noise(seed, n) {
  let x = Math.imul(seed ^ n, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
}

const kinds = [
  { metric: 'cpu_percent', base: 24, swing: 9, rough: 3.4, low: 0, high: 100, labels: [{ host: 'atlas' }, { host: 'borealis' }, { host: 'cygnus' }] },
  { metric: 'memory_percent', base: 61, swing: 3, rough: 0.5, low: 0, high: 100, labels: [{ host: 'atlas' }, { host: 'borealis' }, { host: 'cygnus' }] },
  {
    metric: 'disk_used_percent',
    base: 47,
    swing: 0.4,
    rough: 0.03,
    low: 0,
    high: 100,
    labels: [
      { host: 'atlas', mount: '/' },
      { host: 'borealis', mount: '/var/lib' },
    ],
  },
  {
    metric: 'network_receive_bytes_per_second',
    base: 2.6e6,
    swing: 9e5,
    rough: 4e5,
    low: 0,
    high: 1e9,
    labels: [
      { host: 'atlas', device: 'eth0' },
      { host: 'cygnus', device: 'eth0' },
    ],
  },
  {
    metric: 'http_request_duration_seconds',
    base: 0.084,
    swing: 0.02,
    rough: 0.012,
    low: 0.001,
    high: 60,
    labels: [
      { service: 'checkout', quantile: '0.99' },
      { service: 'search', quantile: '0.99' },
      { service: 'login', quantile: '0.99' },
    ],
  },
  {
    metric: 'http_requests_per_second',
    base: 312,
    swing: 120,
    rough: 22,
    low: 0,
    high: 1e6,
    labels: [{ service: 'checkout' }, { service: 'search' }, { service: 'login' }],
  },
  { metric: 'payment_success_ratio', base: 0.984, swing: 0.002, rough: 0.004, low: 0, high: 1, labels: [{ provider: 'north' }, { provider: 'south' }] },
  { metric: 'database_connections_active', base: 38, swing: 12, rough: 3, low: 0, high: 500, labels: [{ database: 'orders' }, { database: 'accounts' }] },
  { metric: 'queue_depth', base: 14, swing: 5, rough: 4, low: 0, high: 1e6, labels: [{ queue: 'mail' }, { queue: 'invoices' }, { queue: 'thumbnails' }] },
  { metric: 'node_filesystem_avail_bytes', base: 184e9, swing: 2e9, rough: 3e7, low: 0, high: 1e12, labels: [{ instance: 'atlas:9100', mountpoint: '/' }] },
];

function text(metric, labels) {
  const inner = Object.keys(labels)
    .sort()
    .map((name) => `${name}="${labels[name]}"`);
  return inner.length ? `${metric}{${inner.join(',')}}` : metric;
}

const incidents = [
  // [series index, began minutes ago, lasted minutes or null while it goes on, factor of the expected value, severity, status]
  [11, 3.2, null, 8.1, 'critical', 'open'],
  [20, 11, null, 3.4, 'high', 'acknowledged'],
  [0, 38, 6, 3.6, 'high', 'open'],
  [16, 95, 14, 0.81, 'medium', 'open'],
  [5, 170, 2, 1.12, 'low', 'open'],
  [13, 260, 21, 2.4, 'medium', 'resolved'],
  [8, 300, 1, 5.2, 'medium', 'false_positive'],
  [2, 420, 9, 3.1, 'high', 'resolved'],
  [18, 560, 4, 1.9, 'low', 'resolved'],
  [21, 610, 30, 4.5, 'medium', 'resolved'],
  [10, 744, 12, 6.3, 'critical', 'resolved'],
  [1, 900, 3, 2.9, 'low', 'false_positive'],
  [14, 1180, 8, 2.2, 'medium', 'resolved'],
  [11, 1190, 8, 3.9, 'high', 'resolved'],
  [19, 1195, 8, 1.8, 'medium', 'resolved'],
];

export class World {
  constructor({ quiet = false, empty = false, startedAgo = 3.4 * hour } = {}) {
    this.startedAt = Date.now() - startedAgo;
    this.series = empty
      ? []
      : kinds.flatMap((kind, k) => kind.labels.map((labels, l) => ({ ...kind, labels, key: text(kind.metric, labels), seed: k * 97 + l * 13 + 5 })));
    this.anomalies = [];
    this.step = 5_000;
    this.listeners = new Set();
    if (!quiet && !empty) for (const incident of incidents) this.begin(...incident);
    this.anomalies.sort((a, b) => (a.start < b.start ? 1 : -1));
  }

  begin(index, agoMinutes, lastedMinutes, factor, severity, status = 'open') {
    const series = this.series[index % this.series.length];
    const start = Math.floor((Date.now() - agoMinutes * minute) / this.step) * this.step;
    const end = lastedMinutes === null ? null : start + lastedMinutes * minute;
    const anomaly = this.describe(series, start, end, factor, severity, status);
    this.anomalies.unshift(anomaly);
    return anomaly;
  }

  normal(series, ms) {
    const dayShare = ((ms / hour) % 24) / 24;
    return series.base + series.swing * Math.sin((dayShare - 0.3) * 2 * Math.PI) + 0.25 * series.swing * Math.sin((ms / hour) * 2.3 + series.seed);
  }

  band(series, ms) {
    const expected = this.normal(series, ms);
    return { expected, lower: Math.max(expected - 3.2 * series.rough, series.low), upper: Math.min(expected + 3.2 * series.rough, series.high) };
  }

  value(series, ms) {
    let value = this.normal(series, ms) + series.rough * (noise(series.seed, ms / this.step) + 0.5 * noise(series.seed + 1, Math.floor(ms / this.step / 7)));
    for (const anomaly of this.anomalies) {
      if (anomaly.series !== series.key) continue;
      const [start, end] = [Date.parse(anomaly.start), anomaly.end === null ? Infinity : Date.parse(anomaly.end)];
      if (ms >= start && ms <= end) value *= anomaly.factor * (1 + 0.06 * noise(series.seed + 2, ms / this.step));
    }
    return Math.min(Math.max(value, series.low), series.high);
  }

  describe(series, start, end, factor, severity, status) {
    const { expected, lower, upper } = this.band(series, start);
    const value = Math.min(Math.max(expected * factor, series.low), series.high);
    const round = (x) => Number(x.toPrecision(6));
    const z = (value - expected) / series.rough;
    const vote = (detector, weight, score, anomalous, term, statistic) => ({
      detector,
      weight,
      score,
      anomalous,
      expected: round(expected),
      lower: round(lower),
      upper: round(upper),
      statistic: round(statistic),
      term,
    });
    const votes = [
      vote('adaptive', 1, 0.93, true, 'tail of residual', z * 0.9),
      vote('zscore', 0.6, 0.88, true, 'z-score', z),
      vote('moving_average', 0.4, Math.abs(z) > 12 ? 0.7 : 0.31, Math.abs(z) > 12, 'distance from mean', value - expected),
      vote('percentile', 0.3, 0.2, false, value > expected ? 'above the 99th percentile' : 'below the 1st percentile', 0.99),
    ];
    const window = [];
    for (let at = start - 47 * this.step; at < start; at += this.step) window.push([at / 1000, round(this.value(series, at))]);
    window.push([start / 1000, round(value)]);
    const up = value > expected;
    const lastOdd = end ?? Date.now();
    return {
      id: id(series.key + start),
      series: series.key,
      metric: series.metric,
      labels: series.labels,
      tenant: 'default',
      factor,
      detector: 'adaptive',
      method: 'adaptive',
      methods: votes.filter((each) => each.anomalous).map((each) => each.detector),
      start: iso(start),
      end: end === null ? null : iso(end),
      last_odd: iso(lastOdd),
      peak: iso(start),
      detected_at: iso(start),
      timestamp: start / 1000,
      ongoing: end === null,
      count: Math.max(1, Math.round((lastOdd - start) / this.step)),
      value: round(value),
      expected: round(expected),
      lower: round(lower),
      upper: round(upper),
      deviation: round(value - expected),
      score: 0.93,
      statistic: round(z),
      term: 'z-score',
      z_score: round(z),
      severity,
      status,
      status_by: status === 'open' ? null : 'mira',
      status_at: status === 'open' ? null : iso(lastOdd + 90_000),
      note: status === 'false_positive' ? 'Planned load test.' : null,
      explanation:
        `${series.metric} was ${number(value)} where ${number(expected)} was expected: ${number(Math.abs(value - expected))} ${up ? 'above' : 'below'} normal, ` +
        `${number(Math.abs(z))} standard deviations. It began at ${iso(start).slice(11, 19)} UTC and ${end === null ? 'goes on' : `lasted ${Math.round((end - start) / minute)} min`}. ` +
        `adaptive and zscore agreed; percentile did not. A value ${up ? 'below' : 'above'} ${number(up ? upper : lower)} would have kept it silent.`,
      reason: up ? 'far above normal' : 'far below normal',
      root_cause: `${series.metric} was ${number(value)} where ${number(expected)} was expected.`,
      impact: `${severity.toUpperCase()}: ${series.key}`,
      votes,
      context: { window },
      config: {
        detector: 'adaptive',
        'policy.threshold': '0.5',
        'policy.streak': '2',
        'policy.direction': 'both',
        'policy.min_change': '0',
        'zscore.window': '5m',
        'zscore.threshold': '3',
      },
    };
  }

  set(anomalyId, status, by, note) {
    const anomaly = this.anomalies.find((each) => each.id === anomalyId);
    if (!anomaly) return null;
    Object.assign(anomaly, { status, status_by: status === 'open' ? null : by, status_at: status === 'open' ? null : iso(Date.now()), note: note ?? null });
    this.tell('status', anomaly);
    return anomaly;
  }

  close(anomaly) {
    anomaly.end = anomaly.last_odd = iso(Date.now());
    anomaly.ongoing = false;
    this.tell('closed', anomaly);
  }

  tell(type, anomaly) {
    for (const listener of this.listeners) listener({ type, anomaly: shown(anomaly) });
  }

  samples(key, from, to, maxPoints) {
    const series = this.series.find((each) => each.key === key);
    if (!series) return null;
    const until = Math.min(to, Date.now());
    const wanted = Math.max(Math.ceil((until - from) / this.step), 1);
    const stride = Math.max(1, Math.ceil(wanted / Math.min(maxPoints, 2000))) * this.step;
    const samples = [];
    const band = [];
    for (let at = Math.ceil(from / stride) * stride; at < until; at += stride) {
      const { expected, lower, upper } = this.band(series, at);
      samples.push([at / 1000, this.value(series, at)]);
      band.push([at / 1000, expected, lower, upper]);
    }
    return { series: key, samples, band, truncated: false, downsampled: stride > this.step };
  }

  info(series) {
    const last = Math.floor(Date.now() / this.step) * this.step;
    const open = this.anomalies.find((anomaly) => anomaly.ongoing && anomaly.series === series.key);
    return {
      series: series.key,
      metric: series.metric,
      labels: series.labels,
      first: iso(this.startedAt),
      last: iso(last),
      last_value: this.value(series, last),
      samples: Math.round((last - this.startedAt) / this.step),
      detector: 'adaptive',
      open_anomaly: open?.id ?? null,
    };
  }
}

/** An anomaly as the API shows it: without what only the mock needs. */
export function shown({ factor: _, ...anomaly }) {
  return anomaly;
}

const number = (value) => String(Number(value.toPrecision(4)));
