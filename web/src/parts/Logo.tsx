// The mark: four readings, three within the band and one that is not. And the name beside it.
import classes from './Logo.module.css';

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect className={classes.band} x="0" y="16" width="32" height="15" rx="5" />
      <circle className={classes.even} cx="6.2" cy="24.6" r="3.2" />
      <circle className={classes.even} cx="14" cy="22.4" r="3.2" />
      <circle className={classes.even} cx="26" cy="23.6" r="3.2" />
      <circle className={classes.odd} cx="20.4" cy="6.2" r="4.8" />
    </svg>
  );
}

export function Logo() {
  return (
    <span className={classes.logo}>
      <Mark />
      <span className={classes.name}>oddity</span>
    </span>
  );
}
