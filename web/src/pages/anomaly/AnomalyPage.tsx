// One anomaly with all its evidence: what, how far from normal, who said so, what was looked at, by which settings.
import { Anchor, Button, Skeleton, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { useAnomaliesOf, useAnomaly } from '../../api/anomalies';
import { useAnomalyContext, useChanges } from '../../api/changes';
import { ApiError } from '../../api/client';
import { useSamples } from '../../api/series';
import type { Anomaly } from '../../api/types';
import Chart from '../../chart/Chart';
import { axisStart, chartData, spansOf } from '../../chart/data';
import { Changes } from '../../parts/Changes';
import { BackIcon, SeriesIcon } from '../../parts/icons';
import { Page } from '../../parts/Page';
import { Panel } from '../../parts/Panel';
import { Problem } from '../../parts/Problem';
import { SeriesName } from '../../parts/SeriesName';
import { SeverityMark } from '../../parts/SeverityMark';
import { StatusBadge } from '../../parts/StatusBadge';
import { When } from '../../parts/When';
import { lasted } from '../../text/anomaly';
import { band, number, unitOf, withUnit } from '../../text/units';
import { useNow } from '../../text/useNow';
import { Actions } from './Actions';
import classes from './AnomalyPage.module.css';
import { around, distance } from './around';
import { Evidence } from './Evidence';

export default function AnomalyPage() {
  const { id = '' } = useParams();
  const { data: anomaly, error, refetch } = useAnomaly(id);
  const back = (
    <Anchor component={Link} to="/anomalies" className={classes.back ?? ''}>
      <BackIcon size={14} /> Anomalies
    </Anchor>
  );
  if (error && !anomaly) {
    const gone = error instanceof ApiError && error.status === 404;
    return (
      <Page title={gone ? 'No such anomaly' : 'Anomaly'} above={back}>
        {gone ? (
          <Text c="dimmed">It was never here, or it is older than what is kept.</Text>
        ) : (
          <Problem what="The anomaly could not be read" error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  }
  if (!anomaly) {
    return (
      <Page title="Anomaly" above={back}>
        <Skeleton height={420} radius="lg" />
      </Page>
    );
  }
  return (
    <Page
      title={`${anomaly.metric} was odd`}
      above={back}
      heading={<SeriesName metric={anomaly.metric} labels={anomaly.labels} />}
      actions={
        <Button component={Link} to={`/series?key=${encodeURIComponent(anomaly.series)}`} variant="default" size="xs" leftSection={<SeriesIcon size={15} />}>
          Open series
        </Button>
      }
    >
      <Content anomaly={anomaly} />
    </Page>
  );
}

function Content({ anomaly }: { anomaly: Anomaly }) {
  const now = useNow();
  const unit = unitOf(anomaly.metric);
  return (
    <div className={classes.content}>
      <div className={classes.tags}>
        <SeverityMark severity={anomaly.severity} />
        <StatusBadge status={anomaly.status} />
        <span>
          began <When time={anomaly.start} /> (<When time={anomaly.start} relative />)
        </span>
        {anomaly.ongoing && <strong className={classes.ongoing}>goes on</strong>}
        {!anomaly.ongoing && anomaly.count > 1 && <span>{lasted(anomaly, now)}</span>}
        <span>
          {number(anomaly.count)} odd {anomaly.count === 1 ? 'sample' : 'samples'}
        </span>
      </div>
      <section className={classes.story} aria-label="What happened">
        <div className={classes.figures}>
          <Figure name="Saw" value={withUnit(anomaly.value, unit)} note={distance(anomaly)} loud />
          <Figure
            name="Expected"
            value={withUnit(anomaly.expected, unit)}
            note={band(anomaly.lower, anomaly.upper, unit) && `normal: ${band(anomaly.lower, anomaly.upper, unit)}`}
          />
          <Figure
            name="Score"
            value={anomaly.score.toFixed(2)}
            note={anomaly.statistic === null ? anomaly.term : `${anomaly.term} ${number(anomaly.statistic)}`}
          />
        </div>
        <p className={classes.explanation}>{anomaly.explanation}</p>
        {anomaly.status_by && (
          <div className={classes.note}>
            <StatusBadge status={anomaly.status} /> by {anomaly.status_by}
            {anomaly.status_at && (
              <>
                {' '}
                <When time={anomaly.status_at} relative />
              </>
            )}
            {anomaly.note && <p className={classes.noteText}>{anomaly.note}</p>}
          </div>
        )}
        <Actions anomaly={anomaly} />
      </section>
      <AroundChart anomaly={anomaly} />
      <Context id={anomaly.id} />
      <Evidence anomaly={anomaly} unit={unit} />
    </div>
  );
}

/** What was done shortly before it began, and traces that are examples of it. */
function Context({ id }: { id: string }) {
  const { data } = useAnomalyContext(id);
  if (!data) return null;
  return (
    <Panel title="Changes before it" aside="half an hour">
      {data.changes.length > 0 ? (
        <Changes changes={data.changes} />
      ) : (
        <Text size="sm" c="dimmed">
          None that this server was told of.
        </Text>
      )}
      {data.traces.length > 0 && (
        <p className={classes.traces}>
          Traces of it:{' '}
          {data.traces.map((trace) => (
            <Anchor key={trace} component={Link} to={`/traces/${trace}`} size="sm">
              <code>{trace.slice(-8)}</code>
            </Anchor>
          ))}
        </p>
      )}
    </Panel>
  );
}

function Figure({ name, value, note, loud = false }: { name: string; value: string; note: string | null; loud?: boolean }) {
  return (
    <div className={classes.figure}>
      <span className={classes.figureName}>{name}</span>
      <span className={loud ? classes.loud : classes.figureValue}>{value}</span>
      {note && <span className={classes.figureNote}>{note}</span>}
    </div>
  );
}

function AroundChart({ anomaly }: { anomaly: Anomaly }) {
  // Whole ten seconds: an anomaly that goes on moves the chart along without asking at every tick.
  const now = Math.floor(useNow() / 10_000) * 10_000;
  const { from, to } = useMemo(() => around(anomaly, now), [anomaly, anomaly.ongoing ? now : 0]);
  const { data, error, isPending } = useSamples({ series: anomaly.series, from, to, spanMs: to - from, maxPoints: 1000, follow: false });
  const { data: others } = useAnomaliesOf(anomaly.series, from, to);
  const changes = useChanges(from, to).data;
  const marks = useMemo(() => (changes ?? []).map((change) => ({ at: Date.parse(change.time) / 1000, label: change.title })), [changes]);
  const samples = data?.samples.length ? data.samples : anomaly.context.window;
  const shown = useMemo(() => chartData(samples, data?.samples.length ? data.band : undefined), [samples, data]);
  const spans = useMemo(() => spansOf(others ?? [anomaly], now), [others, anomaly, now]);
  return (
    <Panel title="Around it">
      {error && <Problem what="The samples around it could not be read; the window that was looked at is shown" error={error} />}
      {isPending ? (
        <Skeleton height={322} />
      ) : (
        <Chart
          label={`${anomaly.series} around the anomaly`}
          data={shown}
          spans={spans}
          marks={marks}
          unit={unitOf(anomaly.metric)}
          from={axisStart(samples, from / 1000, to / 1000)}
          to={to / 1000}
          height={300}
        />
      )}
    </Panel>
  );
}
