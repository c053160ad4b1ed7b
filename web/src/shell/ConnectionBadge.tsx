// Whether the page is live, in a word and a dot.
import { UnstyledButton } from '@mantine/core';
import { useConnection } from '../live/LiveProvider';
import { useNow } from '../text/useNow';
import classes from './ConnectionBadge.module.css';

export function ConnectionBadge() {
  const { state, retryNow } = useConnection();
  const now = useNow();
  const seconds = state.kind === 'reconnecting' ? Math.max(Math.ceil((state.retryAt - now) / 1000), 0) : 0;
  const words = {
    connecting: 'Connecting…',
    connected: 'Live',
    reconnecting: seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…',
    offline: 'Offline',
  }[state.kind];
  const tells = {
    connecting: 'Opening the live connection.',
    connected: 'What happens is shown as it happens.',
    reconnecting: 'The live connection broke. Click to try now.',
    offline: 'This browser has no network. Click to try now.',
  }[state.kind];
  const canRetry = state.kind === 'reconnecting' || state.kind === 'offline';
  return (
    <UnstyledButton className={classes.badge} data-state={state.kind} title={tells} onClick={retryNow} disabled={!canRetry}>
      <span className={classes.dot} />
      <span role="status">{words}</span>
    </UnstyledButton>
  );
}
