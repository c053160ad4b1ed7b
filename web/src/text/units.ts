// Values as people read them. The unit is guessed from the metric's name, which is all there is.

export type Unit = 'none' | 'percent' | 'ratio' | 'bytes' | 'bytes/s' | 'seconds' | 'milliseconds' | 'per second';

const rules: [RegExp, Unit][] = [
  [/bytes?(_total)?_per_sec|bytes_rate|bps$|throughput_bytes/, 'bytes/s'],
  [/(error|success|failure)_rate$/, 'ratio'],
  [/percent|pct(_|$)|^system_metrics_(cpu|memory|disk)$/, 'percent'],
  [/bytes/, 'bytes'],
  [/per_sec|_rate$|_rps$|_qps$|^rps$/, 'per second'],
  [/_ratio$/, 'ratio'],
  [/(_|^)ms$|_ms_|milliseconds|_millis/, 'milliseconds'],
  [/_seconds(_|$)|_duration$/, 'seconds'],
];

/** Metrics derived from a Prometheus server bear what was done to them: `:rate`, `:p99`, `:mean`. */
export function unitOf(metric: string): Unit {
  const [base = '', derived] = metric.toLowerCase().split(':');
  const unit = rules.find(([pattern]) => pattern.test(base))?.[1] ?? 'none';
  if (derived !== 'rate') return unit;
  return unit === 'bytes' ? 'bytes/s' : unit === 'none' ? 'per second' : 'none';
}

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

/** A number in few characters: 4 significant digits, 12.5M for millions, powers of ten for what is out of all measure. A dash for null. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-4) return value.toExponential(2).replace('e+', 'e');
  if (size >= 1e6) return compact.format(value);
  return (Number.isInteger(value) || size >= 1e4 ? whole : plain).format(value).replace('-', '−');
}

const byteSteps = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function bytes(value: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log2(Math.abs(value) || 1) / 10), 0), byteSteps.length - 1);
  return `${number(value / 1024 ** step)} ${byteSteps[step]}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size >= 7200) return `${number(value / 3600)} h`;
  if (size >= 1 || size === 0) return `${number(value)} s`;
  return size >= 1e-3 ? `${number(value * 1e3)} ms` : `${number(value * 1e6)} µs`;
}

/** The value with its unit, such as "97.3 %" or "1.2 GiB/s". */
export function withUnit(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return unit === 'percent' ? '0 %' : '0';
  switch (unit) {
    case 'percent':
      return `${number(value)} %`;
    case 'bytes':
      return bytes(value);
    case 'bytes/s':
      return `${bytes(value)}/s`;
    case 'seconds':
      return seconds(value);
    case 'milliseconds':
      return Math.abs(value) >= 10_000 ? seconds(value / 1000) : `${number(value)} ms`;
    case 'per second':
      return `${number(value)}/s`;
    default:
      return number(value);
  }
}

/** The normal band in words: "8 – 16 %", "up to 85 %", "8 % or more". Null when there is none. */
export function band(lower: number | null, upper: number | null, unit: Unit): string | null {
  if (lower === null && upper === null) return null;
  if (lower === null) return `up to ${withUnit(upper, unit)}`;
  if (upper === null) return `${withUnit(lower, unit)} or more`;
  return `${withUnit(lower, unit)} to ${withUnit(upper, unit)}`;
}
