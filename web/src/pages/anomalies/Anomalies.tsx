// All anomalies, newest first: filtered by the address, live, as a list or as a table.
import { Button, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useAnomalies } from '../../api/anomalies';
import { toQuery } from '../../api/client';
import type { Anomaly } from '../../api/types';
import { useMark } from '../../parts/anomalyActions';
import { DownloadIcon } from '../../parts/icons';
import { Page } from '../../parts/Page';
import { Problem } from '../../parts/Problem';
import classes from './Anomalies.module.css';
import { AnomalyRow } from './AnomalyRow';
import { AnomalyTable } from './AnomalyTable';
import { FilterBar } from './FilterBar';
import { countConditions, readChoice, toFilter, writeChoice, type Choice, type View } from './filters';

export default function Anomalies() {
  const [query, setQuery] = useSearchParams();
  const choice = useMemo(() => readChoice(query), [query]);
  const filter = useMemo(() => toFilter(choice, Date.now()), [choice]);
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useAnomalies(filter);
  const found = useMemo(() => unique(data?.pages.flatMap((page) => page.data) ?? []), [data]);
  const methods = useMemo(() => [...new Set(found.flatMap((anomaly) => [anomaly.detector, ...anomaly.methods]))], [found]);
  const choose = (next: Choice) => setQuery(writeChoice(next), { replace: true });

  return (
    <Page
      title="Anomalies"
      actions={
        <>
          <Button
            component="a"
            href={`/api/v1/anomalies/export${toQuery({})}`}
            download="anomalies.ndjson"
            variant="default"
            size="xs"
            leftSection={<DownloadIcon size={14} />}
          >
            Export all
          </Button>
          <SegmentedControl
            size="xs"
            aria-label="Show as"
            data={[
              { value: 'list', label: 'List' },
              { value: 'table', label: 'Table' },
            ]}
            value={choice.view}
            onChange={(view) => choose({ ...choice, view: view as View })}
          />
        </>
      }
    >
      <FilterBar choice={choice} methods={methods} onChange={choose} />
      {error && <Problem what="The anomalies could not be read" error={error} onRetry={() => void refetch()} />}
      {isPending && [0, 1, 2, 3, 4, 5].map((row) => <Skeleton key={row} height={52} mb={6} radius="md" />)}
      {!isPending && !error && found.length === 0 && <Nothing filtered={countConditions(choice) > 0} />}
      <div className={isPlaceholderData ? classes.stale : undefined}>
        {found.length > 0 && (choice.view === 'table' ? <AnomalyTable anomalies={found} /> : <List anomalies={found} />)}
      </div>
      {hasNextPage && (
        <Button mt="md" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}

function List({ anomalies }: { anomalies: Anomaly[] }) {
  const navigate = useNavigate();
  const marking = useMark();
  const [selected, setSelected] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const move = (by: number) => {
    const at = anomalies.findIndex((anomaly) => anomaly.id === selected);
    const next = anomalies[Math.min(Math.max(at + by, 0), anomalies.length - 1)];
    if (!next) return;
    setSelected(next.id);
    list.current?.querySelector(`[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['Enter', () => selected && !document.activeElement?.closest('a, button') && void navigate(`/anomalies/${selected}`)],
  ]);
  return (
    <ul className={classes.list} ref={list} aria-label="Anomalies">
      {anomalies.map((anomaly) => (
        <AnomalyRow key={anomaly.id} anomaly={anomaly} selected={anomaly.id === selected} marking={marking} />
      ))}
    </ul>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <div className={classes.nothing}>
      <Text fw={600}>{filtered ? 'Nothing matches this filter' : 'No anomalies so far'}</Text>
      <Text c="dimmed" size="sm">
        {filtered ? 'Widen the time or clear a condition.' : 'When something is odd it appears here at once, with an explanation.'}
      </Text>
    </div>
  );
}

/** Pages can overlap by what arrived between reading them. */
function unique(anomalies: Anomaly[]): Anomaly[] {
  return [...new Map(anomalies.map((anomaly) => [anomaly.id, anomaly])).values()];
}
