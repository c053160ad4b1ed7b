// The mark: four readings, three within the band and one that is not. And the name beside it.
import classes from './Logo.module.css';

export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect className={classes.band} x="1" y="17" width="30" height="12" rx="4" />
      <circle className={classes.even} cx="6.5" cy="24.2" r="2.6" />
      <circle className={classes.even} cx="13.4" cy="21.8" r="2.6" />
      <circle className={classes.even} cx="26.4" cy="23.4" r="2.6" />
      <circle className={classes.odd} cx="20.2" cy="7" r="4" />
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
