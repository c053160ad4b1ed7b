// What is odd now, and whether the watching itself is well.
import { Anchor, Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { useDayOfAnomalies, useOngoing } from '../../api/anomalies';
import { needsAttention } from '../../api/anomalyLists';
import { useServerStatus } from '../../api/series';
import type { ServerStatus } from '../../api/types';
import { useMark } from '../../parts/anomalyActions';
import { Page } from '../../parts/Page';
import { Problem } from '../../parts/Problem';
import { duration } from '../../text/times';
import { number } from '../../text/units';
import { AllQuiet } from './AllQuiet';
import { DayPanel } from './DayPanel';
import { HealthPanel } from './HealthPanel';
import { OddCard } from './OddCard';
import classes from './Overview.module.css';
import { Unhandled } from './Unhandled';

/** More than a person takes in at a glance; the rest is one click away. */
const mostShown = 12;

export function Overview() {
  const status = useServerStatus();
  const ongoing = useOngoing();
  const day = useDayOfAnomalies();
  const attention = useMemo(() => needsAttention(ongoing.data ?? [], day.data ?? []), [ongoing.data, day.data]);
  const marking = useMark();
  const { now, unhandled } = attention;
  const loading = ongoing.isPending || day.isPending;
  const failed = ongoing.error ?? day.error;
  const heading = loading ? 'Overview' : now.length > 0 ? `${now.length} ${now.length === 1 ? 'thing is' : 'things are'} odd now` : 'Overview';

  return (
    <Page title={now.length > 0 ? `(${now.length}) Overview` : 'Overview'} heading={heading} actions={status.data && <Summary status={status.data} />}>
      {failed && <Problem what="What is odd could not be read" error={failed} onRetry={() => void Promise.all([ongoing.refetch(), day.refetch()])} />}
      {status.error && !failed && <Problem what="The server's state could not be read" error={status.error} onRetry={() => void status.refetch()} />}
      <div className={classes.columns}>
        <div className={classes.odd}>
          {loading && !failed && [0, 1, 2].map((row) => <Skeleton key={row} height={124} radius="lg" />)}
          {!loading && now.length === 0 && <AllQuiet status={status.data} latest={day.data?.[0]} unhandled={unhandled.length} />}
          {now.slice(0, mostShown).map((anomaly) => (
            <OddCard key={anomaly.id} anomaly={anomaly} marking={marking} />
          ))}
          {now.length > mostShown && (
            <Anchor component={Link} to="/anomalies?ongoing=true" size="sm">
              All {now.length}
            </Anchor>
          )}
          {unhandled.length > 0 && <Unhandled anomalies={unhandled} marking={marking} />}
        </div>
        <div className={classes.side}>
          <DayPanel anomalies={day.data} />
          <HealthPanel status={status.data} />
        </div>
      </div>
    </Page>
  );
}

function Summary({ status }: { status: ServerStatus }) {
  return (
    <p className={classes.summary}>
      Watching <strong>{number(status.series)}</strong> series, <strong>{number(round(status.samples_per_second))}</strong> samples/s, up{' '}
      {duration(status.uptime_seconds * 1000)}
    </p>
  );
}

/** A rate to the digit that matters: it changes every few seconds. */
export const round = (rate: number) => (rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10);
