// How bad, by colour and by filled bars, so that it can be told without seeing the colour; the word is beside it or its label.
import type { Severity } from '../api/types';
import { severityWord } from '../text/anomaly';
import classes from './SeverityMark.module.css';

const level: Record<Severity, number> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

export function SeverityMark({ severity, word = true }: { severity: Severity; word?: boolean }) {
  return (
    <span className={classes.mark} data-severity={severity} title={word ? undefined : severityWord[severity]}>
      <svg
        width="15"
        height="12"
        viewBox="0 0 15 12"
        role={word ? undefined : 'img'}
        aria-label={word ? undefined : severityWord[severity]}
        aria-hidden={word || undefined}
      >
        {[0, 1, 2, 3].map((bar) => (
          <rect
            key={bar}
            className={bar < level[severity] ? classes.on : classes.off}
            x={bar * 4}
            y={8 - bar * 2.4}
            width="2.8"
            height={4 + bar * 2.4}
            rx="1"
          />
        ))}
      </svg>
      {word && severityWord[severity]}
    </span>
  );
}
