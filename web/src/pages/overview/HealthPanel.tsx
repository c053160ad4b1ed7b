// Is the watching itself well: what comes in, from where, and whether anything waits.
import { Skeleton } from '@mantine/core';
import type { ServerStatus, Source } from '../../api/types';
import { Sparkline } from '../../chart/Sparkline';
import { Panel } from '../../parts/Panel';
import { When } from '../../parts/When';
import { number } from '../../text/units';
import { round } from './Overview';
import classes from './HealthPanel.module.css';
import { useRateHistory } from './useRateHistory';

export function HealthPanel({ status }: { status: ServerStatus | undefined }) {
  const history = useRateHistory(status);
  if (!status) return <Skeleton height={240} radius="lg" />;
  return (
    <Panel title="Ingest" aside={`version ${status.version}`}>
      <div className={classes.rate}>
        <div>
          <span className={classes.big}>{number(round(status.samples_per_second))}</span>
          <span className={classes.unit}> samples/s</span>
        </div>
        <Sparkline points={history} width={130} height={34} label="Samples per second since this page was opened" />
      </div>
      <dl className={classes.figures}>
        <Figure name="Series" value={number(status.series)} />
        <Figure name="Samples" value={number(status.samples_total)} />
        <Figure name="Waiting" value={number(status.queue_depth)} />
        <Figure name="Watchers" value={number(status.watchers)} />
      </dl>
      <ul className={classes.sources} aria-label="Sources">
        {status.sources.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </ul>
    </Panel>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const stateWord = { ok: 'ok', failing: 'failing', off: 'off' } as const;

function SourceRow({ source }: { source: Source }) {
  return (
    <li data-state={source.state}>
      <span className={classes.sourceDot} aria-hidden />
      <span className={classes.sourceName}>{source.id}</span>
      <span className={classes.sourceState}>
        {source.state === 'ok' && source.last_success ? <When time={source.last_success} relative /> : stateWord[source.state]}
        <span className={classes.unseen}>, {stateWord[source.state]}</span>
      </span>
      {source.detail && <span className={classes.sourceDetail}>{source.detail}</span>}
    </li>
  );
}
