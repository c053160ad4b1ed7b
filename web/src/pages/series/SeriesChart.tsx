// The chosen series over time: live while it follows now, fixed when the reader zooms.
import { Anchor, Skeleton, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useAnomaliesOf } from '../../api/anomalies';
import { useChanges } from '../../api/changes';
import { useSamples } from '../../api/series';
import type { Series } from '../../api/types';
import Chart from '../../chart/Chart';
import { axisStart, chartData, spansOf } from '../../chart/data';
import { Changes } from '../../parts/Changes';
import { BackIcon } from '../../parts/icons';
import { Panel } from '../../parts/Panel';
import { Problem } from '../../parts/Problem';
import { SeriesName } from '../../parts/SeriesName';
import { When } from '../../parts/When';
import { duration } from '../../text/times';
import { number, unitOf, withUnit } from '../../text/units';
import { useNow } from '../../text/useNow';
import { AnomaliesHere } from './AnomaliesHere';
import { RangePicker } from './RangePicker';
import classes from './SeriesChart.module.css';
import { rangeOfOld, readRange, tidy, writeRange, type TimeRange } from './timeRange';

export function SeriesChart({ name, known }: { name: string; known: Series | undefined }) {
  const [query, setQuery] = useSearchParams();
  const [follow, setFollow] = useState(true);
  const now = useNow();
  const asked = readRange(query);
  const old = useMemo(
    () => (known && !query.has('range') && asked.kind === 'span' ? rangeOfOld(known.first, known.last, asked.ms, Date.now()) : null),
    [known?.first, known?.last, query],
  );
  const range = old ?? asked;
  const setRange = (next: TimeRange) => setQuery(writeRange(query, next));
  const metric = known?.metric ?? name.split('{')[0]!;
  const unit = unitOf(metric);
  const fixed = range.kind === 'fixed';
  const spanMs = fixed ? range.to - range.from : range.ms;
  const samples = useSamples({ series: name, from: fixed ? range.from : null, to: fixed ? range.to : null, spanMs, maxPoints: 1400, follow });
  const { data, error, isPending } = samples;

  // Whole minutes, so that anomalies are not asked for anew with every sample; what begins in between arrives live.
  const minute = Math.floor(now / 60_000) * 60_000;
  const from = fixed ? range.from : minute - spanMs;
  const anomalies = useAnomaliesOf(name, from, fixed ? range.to : minute + 3_600_000).data;
  const changes = useChanges(from, fixed ? range.to : minute + 3_600_000).data;
  const marks = useMemo(() => (changes ?? []).map((change) => ({ at: Date.parse(change.time) / 1000, label: change.title })), [changes]);
  const shown = useMemo(() => chartData(data?.samples ?? [], data?.band), [data]);
  const spans = useMemo(() => spansOf(anomalies ?? [], Date.now()), [anomalies, data]);
  const end = fixed || !data ? (from + spanMs) / 1000 : data.to;
  const start = end - spanMs / 1000;
  const axis = { from: fixed ? start : axisStart(data?.samples ?? [], start, end), to: end };

  return (
    <div className={classes.column}>
      <Link to={`/series${writeQueryWithoutKey(query)}`} className={classes.back}>
        <BackIcon size={14} /> All series
      </Link>
      <Panel title={<SeriesName metric={metric} labels={known?.labels ?? {}} />} aside={known && <LastValue series={known} />}>
        <RangePicker range={range} follow={follow} onRange={setRange} onFollow={setFollow} />
        {error && <Problem what="The samples could not be read" error={error} onRetry={() => void samples.refetch()} />}
        {isPending && !error && <Skeleton height={362} />}
        {data && data.samples.length === 0 && (
          <div className={classes.empty}>
            <Text fw={600}>No samples in this time</Text>
            {known && (
              <Text size="sm" c="dimmed">
                The latest is of <When time={known.last} />.{' '}
                <Anchor
                  component="button"
                  size="sm"
                  onClick={() => setRange(tidy(Date.parse(known.last) - spanMs, Date.parse(known.last) + spanMs * 0.05, Date.now()))}
                >
                  Go there
                </Anchor>
              </Text>
            )}
          </div>
        )}
        {data && data.samples.length > 0 && (
          <Chart
            label={name}
            data={shown}
            spans={spans}
            marks={marks}
            unit={unit}
            from={axis.from}
            to={axis.to}
            height={340}
            onZoom={(start, end) => setRange(tidy(start * 1000, end * 1000, Date.now()))}
            onReset={() => setRange({ kind: 'span', span: '1h', ms: 3_600_000 })}
          />
        )}
        <p className={classes.foot}>
          {data && data.samples.length > 0 && `${number(data.samples.length)} points over ${duration(spanMs)}`}
          {data?.downsampled && ', thinned out: least and greatest of each step are kept'}
          {data?.truncated && ', more than is sent at once: zoom in to see all'}
          {known && ` · ${number(known.samples)} samples since `}
          {known && <When time={known.first} />}
          {known && `, watched by ${known.detector}`}
        </p>
      </Panel>
      <AnomaliesHere anomalies={anomalies} />
      {changes && changes.length > 0 && (
        <Panel title="Changes in this time" aside={number(changes.length)}>
          <Changes changes={changes} />
        </Panel>
      )}
    </div>
  );
}

function LastValue({ series }: { series: Series }) {
  return (
    <span>
      <strong className={classes.last}>{withUnit(series.last_value, unitOf(series.metric))}</strong> <When time={series.last} relative />
    </span>
  );
}

function writeQueryWithoutKey(query: URLSearchParams): string {
  const next = new URLSearchParams(query);
  for (const name of ['key', 'from', 'to']) next.delete(name);
  const text = next.toString();
  return text && `?${text}`;
}
