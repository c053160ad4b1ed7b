// What is over but nobody has looked at: a line a series, however often it was odd.
import { Anchor, Button } from '@mantine/core';
import { Link } from 'react-router';
import { bySeries } from '../../api/anomalyLists';
import type { Anomaly } from '../../api/types';
import type { Marking } from '../../parts/anomalyActions';
import { CheckIcon } from '../../parts/icons';
import { Panel } from '../../parts/Panel';
import { SeriesName } from '../../parts/SeriesName';
import { SeverityMark } from '../../parts/SeverityMark';
import { When } from '../../parts/When';
import { lasted } from '../../text/anomaly';
import { unitOf, withUnit } from '../../text/units';
import { useNow } from '../../text/useNow';
import classes from './Unhandled.module.css';

const mostShown = 10;

export function Unhandled({ anomalies, marking }: { anomalies: Anomaly[]; marking: Marking }) {
  const groups = bySeries(anomalies);
  return (
    <Panel
      title="Over, but nobody has looked"
      aside={
        <Anchor component={Link} to="/anomalies?status=open" size="xs">
          All {anomalies.length}
        </Anchor>
      }
      flush
    >
      <ul className={classes.list}>
        {groups.slice(0, mostShown).map((group) => (
          <Row key={group[0].series} group={group} marking={marking} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ group, marking }: { group: [Anomaly, ...Anomaly[]]; marking: Marking }) {
  const now = useNow();
  const [latest] = group;
  const unit = unitOf(latest.metric);
  const many = group.length > 1;
  return (
    <li className={classes.row}>
      <Link className={classes.link} to={many ? `/anomalies?status=open&series=${encodeURIComponent(latest.series)}` : `/anomalies/${latest.id}`}>
        <SeverityMark severity={latest.severity} />
        <span className={classes.series}>
          <SeriesName metric={latest.metric} labels={latest.labels} />
        </span>
        <span className={classes.saw}>
          <strong>{withUnit(latest.value, unit)}</strong>, expected {withUnit(latest.expected, unit)}
        </span>
        <span className={classes.when}>
          <When time={latest.start} relative />, {many ? `${group.length} times in all` : lasted(latest, now)}
        </span>
      </Link>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<CheckIcon size={14} />}
        disabled={marking.busy(latest)}
        onClick={() => marking.mark(group, 'resolved')}
      >
        {many ? `Resolve ${group.length}` : 'Resolve'}
      </Button>
    </li>
  );
}
