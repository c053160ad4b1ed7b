// Figures of calls in few characters.
import type { Figures } from '../../api/traces';
import { number } from '../../text/units';

export const percent = (share: number) => (share === 0 ? '0 %' : share < 0.001 ? '<0.1 %' : `${number(Math.round(share * 1000) / 10)} %`);

export function perSecond({ requests_per_second: rate }: Figures): string {
  if (rate >= 1) return `${number(Math.round(rate * 10) / 10)}/s`;
  return rate > 0 ? `${number(Math.max(Math.round(rate * 600) / 10, 0.1))}/min` : 'no calls';
}

export const ms = (value: number) => (value >= 10_000 ? `${number(Math.round(value / 100) / 10)} s` : `${number(Math.round(value * 100) / 100)} ms`);
