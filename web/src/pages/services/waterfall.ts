// Spans in the order of a waterfall: each below the one that caused it, by their start. Pure.
import type { Span } from '../../api/traces';

export interface Row {
  span: Span;
  depth: number;
}

/** A span whose parent is not among them begins at the edge; none is left out, whatever ids say. */
export function inOrder(spans: Span[]): Row[] {
  const ids = new Set(spans.map((span) => span.span_id));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of spans) {
    const parent = span.parent_id;
    if (parent === null || parent === span.span_id || !ids.has(parent)) roots.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const rows: Row[] = [];
  const done = new Set<Span>();
  const stack = roots
    .sort(byStart)
    .reverse()
    .map((span) => ({ span, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (done.has(next.span)) continue;
    done.add(next.span);
    rows.push(next);
    const { depth } = next;
    for (const span of (children.get(next.span.span_id) ?? []).sort(byStart).reverse()) stack.push({ span, depth: depth + 1 });
  }
  // Spans that cause each other in a circle have no root.
  for (const span of spans) if (!done.has(span)) rows.push({ span, depth: 0 });
  return rows;
}

const byStart = (a: Span, b: Span) => a.start_ms - b.start_ms || a.span_id.localeCompare(b.span_id);
