// One trace as a waterfall: each span a bar where it ran, under the one that caused it. A span opens to show what it says.
import { Anchor, Skeleton, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiError } from '../../api/client';
import { useTrace, type Span, type Trace } from '../../api/traces';
import { BackIcon } from '../../parts/icons';
import { Page } from '../../parts/Page';
import { Panel } from '../../parts/Panel';
import { Problem } from '../../parts/Problem';
import { When } from '../../parts/When';
import { inOrder } from './waterfall';
import classes from './Services.module.css';
import { ms } from './words';

export default function TracePage() {
  const { id = '' } = useParams();
  const { data: trace, error, refetch } = useTrace(id);
  const back = (
    <Anchor component={Link} to="/services" className={classes.back ?? ''}>
      <BackIcon size={14} /> Services
    </Anchor>
  );
  if (!trace) {
    const gone = error instanceof ApiError && (error.status === 404 || error.status === 400);
    return (
      <Page title={gone ? 'No such trace' : 'Trace'} above={back}>
        {gone && <Text c="dimmed">It was never here, or it is older than what is kept.</Text>}
        {error && !gone && <Problem what="The trace could not be read" error={error} onRetry={() => void refetch()} />}
        {!error && <Skeleton height={420} radius="lg" />}
      </Page>
    );
  }
  return (
    <Page title={`Trace ${trace.spans[0]?.operation ?? ''}`} above={back}>
      <Panel
        title={
          <>
            <When time={trace.start} />, {ms(trace.duration_ms)}, {trace.spans.length} {trace.spans.length === 1 ? 'span' : 'spans'}
          </>
        }
        aside={<code>{trace.trace_id}</code>}
        flush
      >
        <Waterfall trace={trace} />
      </Panel>
    </Page>
  );
}

function Waterfall({ trace }: { trace: Trace }) {
  const rows = useMemo(() => inOrder(trace.spans), [trace]);
  const [open, setOpen] = useState<string | null>(null);
  const whole = Math.max(trace.duration_ms, 0.001);
  return (
    <ol className={classes.waterfall} aria-label="Spans">
      {rows.map(({ span, depth }) => {
        const key = `${span.span_id}${span.kind}`;
        return (
          <li key={key}>
            <button className={classes.span} aria-expanded={open === key} onClick={() => setOpen(open === key ? null : key)}>
              <span className={classes.spanName} style={{ paddingLeft: Math.min(depth, 12) * 14 }}>
                <strong>{span.service}</strong> {span.operation}
              </span>
              <span className={classes.track}>
                <span
                  className={span.failed ? classes.badBar : classes.bar}
                  style={{ left: `${(100 * span.start_ms) / whole}%`, width: `max(2px, ${(100 * span.duration_ms) / whole}%)` }}
                />
              </span>
              <span className={classes.spanTime}>{ms(span.duration_ms)}</span>
            </button>
            {open === key && <Details span={span} />}
          </li>
        );
      })}
    </ol>
  );
}

function Details({ span }: { span: Span }) {
  const facts = Object.entries({
    kind: span.kind,
    begins: `${ms(span.start_ms)} after the trace`,
    ...(span.failed && { failed: span.message ?? 'yes' }),
    ...(span.peer && { calls: span.peer }),
    ...span.tags,
    id: span.span_id,
  });
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
