import { Button, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { useSeries } from '../../api/series';
import type { Series } from '../../api/types';
import { SearchIcon } from '../../parts/icons';
import { Problem } from '../../parts/Problem';
import { SeriesName } from '../../parts/SeriesName';
import { When } from '../../parts/When';
import { number, unitOf, withUnit } from '../../text/units';
import classes from './SeriesList.module.css';

interface Props {
  list: ReturnType<typeof useSeries>;
  all: Series[];
  search: string;
  chosen: string | null;
  onSearch: (text: string) => void;
}

export function SeriesList({ list, all, search, chosen, onSearch }: Props) {
  const [text, setText] = useState(search);
  const searchSoon = useDebouncedCallback(onSearch, 250);
  const total = list.data?.pages[0]?.total;
  useEffect(() => setText(search), [search]);
  return (
    <section className={classes.panel} aria-label="All series">
      <div className={classes.search}>
        <TextInput
          data-search
          aria-label="Search series"
          placeholder="Search series…"
          leftSection={<SearchIcon size={15} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            searchSoon(event.currentTarget.value);
          }}
        />
        <Text size="xs" c="dimmed" mt={6} role="status">
          {counted(search, all.length, list.hasNextPage, total)}
        </Text>
      </div>
      {list.error && <Problem what="The series could not be read" error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && [0, 1, 2, 3, 4, 5, 6].map((row) => <Skeleton key={row} height={40} mx={14} mb={8} />)}
      {!list.isPending && !list.error && all.length === 0 && (
        <p className={classes.none}>
          {search ? 'No series has this in its name.' : 'No series yet. '}
          {!search && <Link to="/upload">Upload a file</Link>}
          {!search && ' or see '}
          {!search && <Link to="/help">how to send samples</Link>}
          {!search && '.'}
        </p>
      )}
      <ul className={classes.list}>
        {all.map((series) => (
          <Row key={series.series} series={series} chosen={series.series === chosen} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" size="xs" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          More
        </Button>
      )}
    </section>
  );
}

/** "24 series", or how many of them were found. */
export function counted(search: string, found: number, more: boolean, total: number | undefined): string {
  if (total === undefined) return '\u00a0';
  return search === '' ? `${number(total)} series` : `${number(found)}${more ? ' or more' : ''} of ${number(total)} series`;
}

function Row({ series, chosen }: { series: Series; chosen: boolean }) {
  const [query] = useSearchParams();
  const to = new URLSearchParams(query);
  to.set('key', series.series);
  // A time that was chosen by hand belongs to the series it was chosen on.
  to.delete('from');
  to.delete('to');
  return (
    <li>
      <Link className={classes.row} to={`/series?${to}`} aria-current={chosen || undefined} title={series.series}>
        <span className={classes.name}>
          <SeriesName metric={series.metric} labels={series.labels} oneLine />
        </span>
        <span className={classes.value}>{withUnit(series.last_value, unitOf(series.metric))}</span>
        <span className={classes.when}>{series.open_anomaly ? <span className={classes.odd}>odd now</span> : <When time={series.last} relative />}</span>
      </Link>
    </li>
  );
}
