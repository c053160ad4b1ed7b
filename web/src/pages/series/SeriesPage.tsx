// Every series: a list to search, and the chosen one over time with its expected band and what was odd.
import { useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { useSeries } from '../../api/series';
import { Page } from '../../parts/Page';
import { SeriesChart } from './SeriesChart';
import { SeriesList } from './SeriesList';
import classes from './SeriesPage.module.css';

export default function SeriesPage() {
  const [query, setQuery] = useSearchParams();
  const search = query.get('search') ?? '';
  const key = query.get('key');
  const list = useSeries(search);
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data]);
  const set = (name: string, value: string) =>
    setQuery(
      (held) => {
        const next = new URLSearchParams(held);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  // On a desk one is shown at once, and stays: one that is odd, else the first. On a phone the list comes first.
  const first = useRef<string | null>(null);
  first.current ??= (all.find((series) => series.open_anomaly !== null) ?? all[0])?.series ?? null;
  const shown = key ?? (window.matchMedia('(min-width: 821px)').matches ? first.current : null);

  return (
    <Page title={key ? `${key} · Series` : 'Series'} heading="Series">
      <div className={classes.columns} data-chosen={key !== null || undefined}>
        <SeriesList list={list} all={all} search={search} chosen={shown} onSearch={(text) => set('search', text)} />
        {shown && <SeriesChart key={shown} name={shown} known={all.find((each) => each.series === shown)} />}
      </div>
    </Page>
  );
}
