import type { Anomaly } from '../api/types';

/** An anomaly to test with; what matters to a test is given. */
export function anomaly(given: Partial<Anomaly> = {}): Anomaly {
  const start = given.start ?? '2026-03-04T05:06:00.000Z';
  return {
    id: '0123456789abcdef0123456789abcdef',
    series: 'cpu_percent{host="a"}',
    metric: 'cpu_percent',
    labels: { host: 'a' },
    tenant: 'default',
    detector: 'adaptive',
    methods: ['adaptive', 'zscore'],
    start,
    end: null,
    last_odd: start,
    peak: start,
    ongoing: given.end == null,
    count: 3,
    value: 98,
    expected: 12,
    lower: 8,
    upper: 16,
    deviation: 86,
    score: 0.93,
    statistic: 8.2,
    term: 'z-score',
    severity: 'high',
    status: 'open',
    status_by: null,
    status_at: null,
    note: null,
    explanation: 'cpu_percent was 98 where 12 was expected.',
    reason: 'z-score',
    impact: 'HIGH: cpu_percent',
    votes: [],
    context: {
      window: [
        [1772600700, 12],
        [1772600760, 98],
      ],
    },
    config: { detector: 'adaptive' },
    ...given,
  };
}
