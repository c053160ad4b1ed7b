import { ActionIcon, Menu } from '@mantine/core';
import { Link } from 'react-router';
import type { Anomaly, Status } from '../../api/types';
import type { Marking } from '../../parts/anomalyActions';
import { CheckIcon, EyeIcon, NotIcon, UndoIcon } from '../../parts/icons';
import { SeriesName } from '../../parts/SeriesName';
import { SeverityMark } from '../../parts/SeverityMark';
import { StatusBadge } from '../../parts/StatusBadge';
import { When } from '../../parts/When';
import { lasted, list } from '../../text/anomaly';
import { unitOf, withUnit } from '../../text/units';
import { useNow } from '../../text/useNow';
import classes from './AnomalyRow.module.css';

interface Props {
  anomaly: Anomaly;
  selected: boolean;
  marking: Marking;
}

export function AnomalyRow({ anomaly, selected, marking }: Props) {
  const mark = (status: Status) => marking.mark([anomaly], status);
  const now = useNow();
  const unit = unitOf(anomaly.metric);
  return (
    <li className={classes.row} data-id={anomaly.id} data-selected={selected || undefined} data-ongoing={anomaly.ongoing || undefined}>
      <Link to={`/anomalies/${anomaly.id}`} className={classes.link}>
        <span className={classes.severity}>
          <SeverityMark severity={anomaly.severity} />
        </span>
        <span className={classes.series}>
          <SeriesName metric={anomaly.metric} labels={anomaly.labels} />
          <span className={classes.methods}>{list(anomaly.methods.length > 0 ? anomaly.methods : [anomaly.detector])}</span>
        </span>
        <span className={classes.saw}>
          <strong>{withUnit(anomaly.value, unit)}</strong>
          <span>expected {withUnit(anomaly.expected, unit)}</span>
        </span>
        <span className={classes.when}>
          <When time={anomaly.start} relative />
          <span>{anomaly.ongoing ? 'goes on' : lasted(anomaly, now)}</span>
        </span>
        <span className={classes.status}>
          <StatusBadge status={anomaly.status} />
        </span>
      </Link>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon className={classes.menu ?? ''} loading={marking.busy(anomaly)} aria-label={`What to do with ${anomaly.series}`}>
            <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden>
              <circle cx="3" cy="8" r="1.4" />
              <circle cx="8" cy="8" r="1.4" />
              <circle cx="13" cy="8" r="1.4" />
            </svg>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {anomaly.status === 'open' && (
            <Menu.Item leftSection={<EyeIcon size={15} />} onClick={() => mark('acknowledged')}>
              Acknowledge
            </Menu.Item>
          )}
          {anomaly.status !== 'resolved' && (
            <Menu.Item leftSection={<CheckIcon size={15} />} onClick={() => mark('resolved')}>
              Resolve
            </Menu.Item>
          )}
          {anomaly.status !== 'false_positive' && (
            <Menu.Item leftSection={<NotIcon size={15} />} onClick={() => mark('false_positive')}>
              False positive
            </Menu.Item>
          )}
          {anomaly.status !== 'open' && (
            <Menu.Item leftSection={<UndoIcon size={15} />} onClick={() => mark('open')}>
              Open again
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
