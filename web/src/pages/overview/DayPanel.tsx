// How many anomalies began in each of the last 24 hours.
import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { perHour, type HourCount } from '../../api/anomalyLists';
import { severities, type Anomaly } from '../../api/types';
import { Panel } from '../../parts/Panel';
import { shortClock } from '../../text/times';
import { useNow } from '../../text/useNow';
import classes from './DayPanel.module.css';

export function DayPanel({ anomalies }: { anomalies: Anomaly[] | undefined }) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const hours = useMemo(() => perHour(anomalies ?? [], minute), [anomalies, minute]);
  const total = hours.reduce((sum, hour) => sum + hour.total, 0);
  return (
    <Panel title="Last 24 hours" aside={anomalies && `${total} ${total === 1 ? 'anomaly' : 'anomalies'}`}>
      {anomalies ? <Bars hours={hours} /> : <Skeleton height={96} />}
    </Panel>
  );
}

function Bars({ hours }: { hours: HourCount[] }) {
  const most = Math.max(4, ...hours.map((hour) => hour.total));
  const words = hours.filter((hour) => hour.total > 0).map((hour) => `${shortClock(hour.from)}: ${hour.total}`);
  return (
    <figure className={classes.figure}>
      <div className={classes.bars} role="img" aria-label={words.length > 0 ? `Anomalies by hour. ${words.join(', ')}.` : 'No anomalies in the last 24 hours.'}>
        {hours.map((hour) => (
          <div key={hour.from} className={classes.slot} title={`${shortClock(hour.from)} to ${shortClock(hour.to)}: ${hour.total}`}>
            {severities.map(
              (severity) =>
                hour.counts[severity] > 0 && <span key={severity} data-severity={severity} style={{ height: `${(hour.counts[severity] / most) * 100}%` }} />,
            )}
          </div>
        ))}
      </div>
      <figcaption className={classes.hours}>
        {[0, 6, 12, 18].map((index) => (
          <span key={index}>{shortClock(hours[index]!.from)}</span>
        ))}
        <span>now</span>
      </figcaption>
    </figure>
  );
}
