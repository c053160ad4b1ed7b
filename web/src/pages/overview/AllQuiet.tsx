// Nothing is odd: say so with what stands behind it, or say what is missing before that can be said.
import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useFirstJudgement } from './warmUp';
import type { Anomaly, ServerStatus } from '../../api/types';
import { When } from '../../parts/When';
import { duration } from '../../text/times';
import { number } from '../../text/units';
import classes from './AllQuiet.module.css';

interface Props {
  status: ServerStatus | undefined;
  latest: Anomaly | undefined;
  unhandled: number;
}

export function AllQuiet({ status, latest, unhandled }: Props) {
  const left = useFirstJudgement(status);
  if (status && status.recovery_progress < 1) {
    return (
      <Quiet title="Catching up">
        Reading back what was logged: {Math.floor(status.recovery_progress * 100)} %. New samples are safe on disk and come right after.
      </Quiet>
    );
  }
  if (status && status.series === 0) {
    return (
      <Quiet title="Nothing to watch yet">
        Point Oddity at a Prometheus,{' '}
        <Anchor component={Link} to="/upload">
          upload a file
        </Anchor>
        , or{' '}
        <Anchor component={Link} to="/help">
          send a sample with curl
        </Anchor>
        . It starts watching by itself.
      </Quiet>
    );
  }
  return (
    <Quiet title={unhandled > 0 ? 'Quiet now' : 'All quiet'} small={unhandled > 0}>
      {status && `Watching ${number(status.series)} series, ${number(Math.round(status.samples_per_second))} samples/s. `}
      {left > 0 && `First judgements in about ${left < 60_000 ? 'a minute' : duration(left + 30_000)}. `}
      {left <= 0 && latest && (
        <>
          The last odd thing began <When time={latest.start} relative />
          {unhandled > 0 ? ' and waits below.' : '.'}
        </>
      )}
      {left <= 0 && !latest && 'Nothing was odd in the last 24 hours.'}
    </Quiet>
  );
}

function Quiet({ title, small = false, children }: { title: string; small?: boolean; children: ReactNode }) {
  return (
    <section className={classes.quiet} data-small={small || undefined}>
      <svg className={classes.picture} viewBox="0 0 420 92" aria-hidden focusable="false">
        <rect className={classes.band} x="0" y="26" width="420" height="40" rx="12" />
        <path
          className={classes.line}
          pathLength={1}
          d="M0 48c14-9 26-11 40-3s24 12 38 4 25-11 40-4 24 9 38 2 26-10 40-3 25 10 39 3 24-9 38-2 27 8 40 2 25-9 38-3 26 8 40 3 20-4 33-1"
        />
        <circle className={classes.dot} cx="390" cy="46" r="4.5" />
      </svg>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.text}>{children}</p>
    </section>
  );
}
