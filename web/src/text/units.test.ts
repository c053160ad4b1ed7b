import { expect, test } from 'vitest';
import { band, number, unitOf, withUnit } from './units';

test.each([
  [0, '0'],
  [12, '12'],
  [12.3456, '12.35'],
  [123456, '123,456'],
  [12345.678, '12,346'],
  [-3.5, '−3.5'],
  [1234567, '1.235M'],
  [0.00001, '1.00e-5'],
  [1e300, '1.00e300'],
  [null, '–'],
  [NaN, '–'],
  [Infinity, '–'],
])('The number %s is written %s', (value, text) => expect(number(value)).toBe(text));

test.each([
  ['host_cpu_usage_percent', 'percent'],
  ['system_metrics_cpu', 'percent'],
  ['node_filesystem_avail_bytes', 'bytes'],
  ['host_disk_read_bytes_per_second', 'bytes/s'],
  ['http_request_duration_seconds', 'seconds'],
  ['latency_ms', 'milliseconds'],
  ['payment_success_ratio', 'ratio'],
  ['http_requests_per_second', 'per second'],
  ['queue_depth', 'none'],
  ['items', 'none'],
  ['node_network_receive_bytes_total:rate', 'bytes/s'],
  ['http_requests_total:rate', 'per second'],
  ['node_cpu_seconds_total:rate', 'none'],
  ['http_request_duration_seconds:p99', 'seconds'],
])('%s is in %s', (metric, unit) => expect(unitOf(metric)).toBe(unit));

test('Values carry their unit in a size that reads well', () => {
  expect(withUnit(97.25, 'percent')).toBe('97.25 %');
  expect(withUnit(1536, 'bytes')).toBe('1.5 KiB');
  expect(withUnit(3.2e9, 'bytes/s')).toBe('2.98 GiB/s');
  expect(withUnit(0.0725, 'seconds')).toBe('72.5 ms');
  expect(withUnit(0.0000042, 'seconds')).toBe('4.2 µs');
  expect(withUnit(9000, 'seconds')).toBe('2.5 h');
  expect(withUnit(250, 'milliseconds')).toBe('250 ms');
  expect(withUnit(12000, 'milliseconds')).toBe('12 s');
  expect(withUnit(312, 'per second')).toBe('312/s');
  expect(withUnit(0, 'bytes')).toBe('0');
  expect(withUnit(null, 'bytes')).toBe('–');
});

test('A band without one of its limits says so', () => {
  expect(band(8, 16, 'percent')).toBe('8 % to 16 %');
  expect(band(null, 85, 'percent')).toBe('up to 85 %');
  expect(band(8, null, 'none')).toBe('8 or more');
  expect(band(null, null, 'none')).toBeNull();
});
