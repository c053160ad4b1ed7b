// A small still picture of the samples around an anomaly: the normal band behind, the odd sample as a dot.
import { useId } from 'react';
import type { Point } from '../api/types';
import { downsample } from './data';
import classes from './Sparkline.module.css';

interface Props {
  points: Point[];
  lower?: number | null;
  upper?: number | null;
  /** Marks the last point as odd. */
  odd?: boolean;
  width?: number;
  height?: number;
  label: string;
}

export function Sparkline({ points, lower = null, upper = null, odd = false, width = 180, height = 44, label }: Props) {
  const clip = useId();
  const shown = downsample(points, width);
  const last = shown[shown.length - 1];
  if (!last) return <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label} />;
  const { x, y, top, bottom } = scales(shown, lower, upper, width, height);
  const line = shown.map(([time, value], index) => `${index === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const banded = lower !== null || upper !== null;
  return (
    <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <clipPath id={clip}>
        <rect width={width} height={height} rx={4} />
      </clipPath>
      {banded && <rect className={classes.band} x={0} width={width} y={top} height={Math.max(bottom - top, 1.5)} clipPath={`url(#${clip})`} />}
      <path className={classes.line} d={line} />
      {odd && <circle className={classes.odd} cx={x(last[0])} cy={y(last[1])} r={3.5} />}
    </svg>
  );
}

/** Where times and values go; the band is cut where it would squash the line. */
export function scales(points: Point[], lower: number | null, upper: number | null, width: number, height: number) {
  const values = points.map(([, value]) => value);
  let low = Math.min(...values);
  let high = Math.max(...values);
  const reach = (high - low || Math.abs(high) || 1) * 0.6;
  if (lower !== null) low = Math.min(low, Math.max(lower, low - reach));
  if (upper !== null) high = Math.max(high, Math.min(upper, high + reach));
  const pad = 5;
  const from = points[0]![0];
  const span = points[points.length - 1]![0] - from || 1;
  const x = (time: number) => pad + ((time - from) / span) * (width - 2 * pad);
  const y = (value: number) => (high === low ? height / 2 : pad + ((high - value) / (high - low)) * (height - 2 * pad));
  const within = (position: number) => Math.min(Math.max(position, 0), height);
  return { x, y, top: upper === null ? 0 : within(y(upper)), bottom: lower === null ? height : within(y(lower)) };
}
