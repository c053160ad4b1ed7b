// Made-up services, a trace of theirs, and changes.
const figures = (requests, error_rate, p50) => ({
  requests,
  requests_per_second: requests / 3600,
  error_rate,
  success_rate: 1 - error_rate,
  latency_mean_ms: p50 * 1.2,
  latency_p50_ms: p50,
  latency_p95_ms: p50 * 3,
  latency_p99_ms: p50 * 6.5,
  self_time_ms: p50 / 3,
  response_size_bytes: null,
});

export const changesOf = () => [
  {
    id: 'c1',
    kind: 'deployment',
    title: 'checkout 1.4.1 → 1.4.2',
    time: new Date(Date.now() - 12 * 60_000).toISOString(),
    end: null,
    service: 'checkout',
    version: '1.4.2',
    text: null,
    link: 'https://ci.example/42',
    tags: ['seen'],
  },
];

export const servicesOf = () => [
  { service: 'checkout', figures: figures(9200, 0.034, 41), operations: [{ operation: 'POST /pay', figures: figures(9200, 0.034, 41) }] },
  {
    service: 'web',
    figures: figures(48000, 0.002, 18),
    operations: [
      { operation: 'GET /', figures: figures(40000, 0, 12) },
      { operation: 'GET /carts/:id', figures: figures(8000, 0.012, 55) },
    ],
  },
];

export const topologyOf = () => ({
  start: new Date(Date.now() - 3_600_000).toISOString(),
  end: new Date().toISOString(),
  nodes: [
    { name: 'checkout', type: 'service', figures: figures(9200, 0.034, 41) },
    { name: 'postgresql', type: 'peer', figures: figures(21000, 0, 3) },
    { name: 'web', type: 'service', figures: figures(48000, 0.002, 18) },
  ],
  edges: [
    { from: 'web', to: 'checkout', figures: figures(9200, 0.034, 41) },
    { from: 'checkout', to: 'postgresql', figures: figures(21000, 0, 3) },
  ],
});

const span = (span_id, parent_id, service, operation, kind, start_ms, duration_ms, failed = false) => ({
  span_id,
  parent_id,
  service,
  operation,
  kind,
  start_ms,
  duration_ms,
  failed,
  message: failed ? 'card declined' : null,
  peer: kind === 'client' ? 'postgresql' : null,
  tags: { 'http.route': '/pay' },
});

export const traceOf = () => ({
  trace_id: '463ac35c9f6413ad48485a3953bb6124',
  start: new Date(Date.now() - 90_000).toISOString(),
  duration_ms: 184.2,
  spans: [
    span('000000000000000a', null, 'web', 'GET /carts/:id', 'server', 0, 184.2),
    span('000000000000000b', '000000000000000a', 'checkout', 'POST /pay', 'server', 31.5, 120.4, true),
    span('000000000000000c', '000000000000000b', 'checkout', 'SELECT', 'client', 44, 18.9),
    span('000000000000000d', '000000000000000b', 'checkout', 'charge', 'client', 70, 74.1, true),
  ],
});

export const summaryOf = (trace) => ({
  trace_id: trace.trace_id,
  service: 'web',
  operation: 'GET /carts/:id',
  start: trace.start,
  duration_ms: trace.duration_ms,
  spans: trace.spans.length,
  failed: 2,
  services: ['checkout', 'web'],
});
