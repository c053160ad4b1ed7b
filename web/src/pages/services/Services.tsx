// Services that spans tell of: how they do, who calls whom, and their latest traces.
import { Checkbox, Code, Skeleton, Text, TextInput } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import { useServices, useTopology, useTraces, type Service } from '../../api/traces';
import { Page } from '../../parts/Page';
import { Panel } from '../../parts/Panel';
import { Problem } from '../../parts/Problem';
import { When } from '../../parts/When';
import { ServiceGraph } from './ServiceGraph';
import classes from './Services.module.css';
import { ms, percent, perSecond } from './words';

export default function Services() {
  const [query, setQuery] = useSearchParams();
  const services = useServices();
  const topology = useTopology();
  const chosen = query.get('service') ?? '';
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    if (name === 'service') next.delete('operation');
    setQuery(next, { replace: true });
  };
  if (services.isPending)
    return (
      <Page title="Services">
        <Skeleton height={300} radius="lg" />
      </Page>
    );
  if (services.error && !services.data)
    return (
      <Page title="Services">
        <Problem what="The services could not be read" error={services.error} onRetry={() => void services.refetch()} />
      </Page>
    );
  const all = services.data ?? [];
  if (all.length === 0)
    return (
      <Page title="Services">
        <Panel>
          <Text fw={600}>No spans in the last hour</Text>
          <Text size="sm" c="dimmed" mt={4}>
            Point an OpenTelemetry SDK or collector here, and each service and operation is watched: <Code>OTEL_EXPORTER_OTLP_ENDPOINT={location.origin}</Code>{' '}
            <Code>OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf</Code>. Zipkin and Jaeger can send too.
          </Text>
        </Panel>
      </Page>
    );
  return (
    <Page title="Services">
      <div className={classes.content}>
        {topology.data && topology.data.nodes.length > 1 && (
          <Panel title="Who calls whom" aside="last hour">
            <ServiceGraph topology={topology.data} chosen={chosen} onChoose={(service) => set('service', service)} />
          </Panel>
        )}
        <Panel
          title={chosen ? `Operations of ${chosen}` : 'Services'}
          aside={chosen ? <button onClick={() => set('service', '')}>All services</button> : 'last hour'}
          flush
        >
          <Table services={all} chosen={chosen} operation={query.get('operation') ?? ''} onChoose={set} />
        </Panel>
        <Traces />
      </div>
    </Page>
  );
}

function Table({
  services,
  chosen,
  operation,
  onChoose,
}: {
  services: Service[];
  chosen: string;
  operation: string;
  onChoose: (name: string, value: string) => void;
}) {
  const rows = chosen
    ? (services.find((each) => each.service === chosen)?.operations.map((each) => ({ name: each.operation, figures: each.figures })) ?? [])
    : services.map((each) => ({ name: each.service, figures: each.figures }));
  const param = chosen ? 'operation' : 'service';
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={chosen ? 'Operations' : 'Services'}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{chosen ? 'Operation' : 'Service'}</th>
            {['Calls', 'Fail', 'p50', 'p95', 'p99', 'Self'].map((name) => (
              <th key={name} scope="col" className={classes.number}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, figures }) => (
            <tr key={name} data-chosen={name === operation || undefined}>
              <th scope="row">
                <button onClick={() => onChoose(param, name === operation ? '' : name)}>{name}</button>
              </th>
              <td className={classes.number}>{perSecond(figures)}</td>
              <td className={`${classes.number} ${figures.error_rate > 0.01 ? classes.bad : ''}`}>{percent(figures.error_rate)}</td>
              <td className={classes.number}>{ms(figures.latency_p50_ms)}</td>
              <td className={classes.number}>{ms(figures.latency_p95_ms)}</td>
              <td className={classes.number}>{ms(figures.latency_p99_ms)}</td>
              <td className={classes.number}>{figures.self_time_ms === null ? '–' : ms(figures.self_time_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Traces() {
  const [query, setQuery] = useSearchParams();
  const filter = {
    service: query.get('service') ?? '',
    operation: query.get('operation') ?? '',
    minDuration: query.get('min') ?? '',
    errors: query.has('errors'),
  };
  const traces = useTraces(filter);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    setQuery(next, { replace: true });
  };
  return (
    <Panel
      title="Traces"
      aside={
        <span className={classes.filter}>
          <TextInput
            size="xs"
            w={150}
            type="search"
            inputMode="numeric"
            placeholder="at least … ms"
            aria-label="Least duration in milliseconds"
            value={filter.minDuration}
            onChange={(event) => set('min', event.currentTarget.value.replace(/[^\d.]/g, ''))}
          />
          <Checkbox size="xs" label="failed" checked={filter.errors} onChange={(event) => set('errors', event.currentTarget.checked ? '1' : '')} />
        </span>
      }
      flush
    >
      {traces.error && <Problem what="The traces could not be read" error={traces.error} onRetry={() => void traces.refetch()} />}
      {traces.data?.length === 0 && <p className={classes.none}>No trace of the last hour fits.</p>}
      {traces.data && traces.data.length > 0 && (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label="Traces">
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Begins with</th>
                <th scope="col">When</th>
                <th scope="col" className={classes.number}>
                  Took
                </th>
                <th scope="col" className={classes.number}>
                  Spans
                </th>
                <th scope="col" className={classes.number}>
                  Failed
                </th>
                <th scope="col">Services</th>
              </tr>
            </thead>
            <tbody>
              {traces.data.map((trace) => (
                <tr key={trace.trace_id}>
                  <th scope="row">
                    <Link to={`/traces/${trace.trace_id}`}>
                      {trace.service} · {trace.operation}
                    </Link>
                  </th>
                  <td>
                    <When time={trace.start} relative />
                  </td>
                  <td className={classes.number}>{ms(trace.duration_ms)}</td>
                  <td className={classes.number}>{trace.spans}</td>
                  <td className={`${classes.number} ${trace.failed > 0 ? classes.bad : ''}`}>{trace.failed}</td>
                  <td>{trace.services.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
