// The anomalies of the series within the time shown.
import { Link } from 'react-router';
import type { Anomaly } from '../../api/types';
import { Panel } from '../../parts/Panel';
import { SeverityMark } from '../../parts/SeverityMark';
import { StatusBadge } from '../../parts/StatusBadge';
import { When } from '../../parts/When';
import { lasted } from '../../text/anomaly';
import { unitOf, withUnit } from '../../text/units';
import { useNow } from '../../text/useNow';
import classes from './AnomaliesHere.module.css';

export function AnomaliesHere({ anomalies }: { anomalies: Anomaly[] | undefined }) {
  const now = useNow();
  if (!anomalies) return null;
  return (
    <Panel title="Odd in this time" aside={anomalies.length > 0 ? String(anomalies.length) : undefined} flush={anomalies.length > 0}>
      {anomalies.length === 0 && <p className={classes.none}>Nothing. Within its band as far as this chart reaches.</p>}
      <ul className={classes.list}>
        {anomalies.map((anomaly) => (
          <li key={anomaly.id}>
            <Link className={classes.row} to={`/anomalies/${anomaly.id}`}>
              <SeverityMark severity={anomaly.severity} />
              <span>
                <strong>{withUnit(anomaly.value, unitOf(anomaly.metric))}</strong>, expected {withUnit(anomaly.expected, unitOf(anomaly.metric))}
              </span>
              <span className={classes.when}>
                <When time={anomaly.start} />, {anomaly.ongoing ? 'goes on' : lasted(anomaly, now)}
              </span>
              <StatusBadge status={anomaly.status} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
