// Services that spans tell of, the graph of who calls whom, and traces.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from './client';
import type { Page } from './types';

export interface Figures {
  requests: number;
  requests_per_second: number;
  /** 0 to 1. */
  error_rate: number;
  latency_p50_ms: number;
  latency_p95_ms: number;
  latency_p99_ms: number;
  self_time_ms: number | null;
}

export interface Service {
  service: string;
  figures: Figures;
  operations: { operation: string; figures: Figures }[];
}

export interface Topology {
  nodes: { name: string; type: 'service' | 'peer'; figures: Figures }[];
  edges: { from: string; to: string; figures: Figures }[];
}

export interface TraceSummary {
  trace_id: string;
  service: string;
  operation: string;
  start: string;
  duration_ms: number;
  spans: number;
  failed: number;
  services: string[];
}

export interface Span {
  span_id: string;
  parent_id: string | null;
  service: string;
  operation: string;
  kind: string;
  /** From the start of the trace. */
  start_ms: number;
  duration_ms: number;
  failed: boolean;
  message: string | null;
  peer: string | null;
  tags: Record<string, string>;
}

export interface Trace {
  trace_id: string;
  start: string;
  duration_ms: number;
  spans: Span[];
}

const everyMs = 15_000;

export function useServices() {
  return useQuery({
    queryKey: ['services'],
    queryFn: async ({ signal }) => (await call<Page<Service>>('/api/v1/services', { signal })).data,
    refetchInterval: everyMs,
  });
}

export function useTopology() {
  return useQuery({ queryKey: ['topology'], queryFn: ({ signal }) => call<Topology>('/api/v1/topology', { signal }), refetchInterval: everyMs });
}

export interface TraceFilter {
  service: string;
  operation: string;
  minDuration: string;
  errors: boolean;
}

export function useTraces({ service, operation, minDuration, errors }: TraceFilter) {
  return useQuery({
    queryKey: ['traces', service, operation, minDuration, errors],
    queryFn: async ({ signal }) =>
      (
        await call<Page<TraceSummary>>('/api/v1/traces', {
          query: { service, operation, min_duration: minDuration, errors: errors || null, limit: 50 },
          signal,
        })
      ).data,
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
}

export function useTrace(id: string) {
  return useQuery({ queryKey: ['trace', id], queryFn: ({ signal }) => call<Trace>(`/api/v1/traces/${encodeURIComponent(id)}`, { signal }) });
}
