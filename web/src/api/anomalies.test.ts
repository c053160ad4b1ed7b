import { expect, test } from 'vitest';
import { anomaly } from '../test/anomaly';
import { anomalyKeys, applyLive } from './anomalies';
import type { AnomalyFilter } from './anomalyLists';
import { createQueryClient } from './queryClient';
import type { Anomaly } from './types';

const onlyOpen: AnomalyFilter = { severities: [], statuses: ['open'], method: null, series: null, from: null, to: null, ongoing: null };

test('A message reaches every list that was read and the page of the anomaly itself', () => {
  const queries = createQueryClient();
  const known = anomaly();
  queries.setQueryData(anomalyKeys.ongoing, [known]);
  queries.setQueryData(anomalyKeys.day, [known]);
  queries.setQueryData(anomalyKeys.list(onlyOpen), { pages: [{ data: [known], next_cursor: null }], pageParams: [null] });
  queries.setQueryData(anomalyKeys.of(known.series, 0, 1), [known]);

  const closed: Anomaly = { ...known, status: 'resolved', ongoing: false, end: known.start };
  applyLive(queries, { type: 'closed', anomaly: closed });

  expect(queries.getQueryData(anomalyKeys.ongoing)).toEqual([]);
  expect(queries.getQueryData(anomalyKeys.day)).toEqual([closed]);
  expect(queries.getQueryData(anomalyKeys.list(onlyOpen))).toMatchObject({ pages: [{ data: [] }] });
  expect(queries.getQueryData(anomalyKeys.of(known.series, 0, 1))).toEqual([closed]);
  expect(queries.getQueryData(anomalyKeys.one(known.id))).toEqual(closed);
});

test('Lists that nobody has read are not made up', () => {
  const queries = createQueryClient();
  applyLive(queries, { type: 'opened', anomaly: anomaly() });
  expect(queries.getQueryData(anomalyKeys.day)).toBeUndefined();
});

test('Missed messages make everything be read again', () => {
  const queries = createQueryClient();
  queries.setQueryData(anomalyKeys.day, []);
  applyLive(queries, { type: 'missed', count: 3 });
  expect(queries.getQueryState(anomalyKeys.day)?.isInvalidated).toBe(true);
});
