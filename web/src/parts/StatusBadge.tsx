import type { Status } from '../api/types';
import { statusWord } from '../text/anomaly';
import classes from './StatusBadge.module.css';

export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={classes.badge} data-status={status}>
      {statusWord[status]}
    </span>
  );
}
