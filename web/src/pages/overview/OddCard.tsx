// One anomaly at a glance: how bad, where, what was seen instead of what, since when, who agreed.
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { Anomaly, Status } from '../../api/types';
import { Sparkline } from '../../chart/Sparkline';
import type { Marking } from '../../parts/anomalyActions';
import { CheckIcon, EyeIcon, NotIcon } from '../../parts/icons';
import { SeriesName } from '../../parts/SeriesName';
import { SeverityMark } from '../../parts/SeverityMark';
import { When } from '../../parts/When';
import { agreement } from '../../text/anomaly';
import { unitOf, withUnit } from '../../text/units';
import classes from './OddCard.module.css';

interface Props {
  anomaly: Anomaly;
  marking: Marking;
}

export function OddCard({ anomaly, marking }: Props) {
  const mark = (status: Status) => marking.mark([anomaly], status);
  const busy = marking.busy(anomaly);
  const unit = unitOf(anomaly.metric);
  const { status } = anomaly;
  return (
    <article className={classes.card} data-severity={anomaly.severity}>
      <div className={classes.head}>
        <SeverityMark severity={anomaly.severity} />
        <Link to={`/anomalies/${anomaly.id}`} className={classes.series}>
          <SeriesName metric={anomaly.metric} labels={anomaly.labels} />
        </Link>
      </div>
      <div className={classes.figures}>
        <p className={classes.saw}>
          <span className={classes.value}>{withUnit(anomaly.value, unit)}</span>
          <span className={classes.expected}>expected {withUnit(anomaly.expected, unit)}</span>
        </p>
      </div>
      <div className={classes.spark}>
        <Sparkline
          points={anomaly.context.window}
          lower={anomaly.lower}
          upper={anomaly.upper}
          odd
          width={210}
          height={56}
          label={`The samples up to the first odd one of ${anomaly.series}`}
        />
      </div>
      <div className={classes.foot}>
        <p className={classes.facts}>
          <span>
            began <When time={anomaly.start} relative />
          </span>
          <span title={anomaly.methods.join(', ')}>{agreement(anomaly)}</span>
          {status === 'acknowledged' && <span>acknowledged{anomaly.status_by && ` by ${anomaly.status_by}`}</span>}
        </p>
        <div className={classes.actions}>
          {status === 'open' && (
            <Button size="compact-xs" variant="default" leftSection={<EyeIcon size={14} />} disabled={busy} onClick={() => mark('acknowledged')}>
              Acknowledge
            </Button>
          )}
          <Button size="compact-xs" variant="default" leftSection={<CheckIcon size={14} />} disabled={busy} onClick={() => mark('resolved')}>
            Resolve
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" leftSection={<NotIcon size={14} />} disabled={busy} onClick={() => mark('false_positive')}>
            False positive
          </Button>
        </div>
      </div>
    </article>
  );
}
