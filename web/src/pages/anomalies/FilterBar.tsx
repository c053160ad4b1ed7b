import { Button, Group, MultiSelect, Select, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { severities, statuses, type Status } from '../../api/types';
import { SearchIcon } from '../../parts/icons';
import { SeverityMark } from '../../parts/SeverityMark';
import { statusWord } from '../../text/anomaly';
import classes from './FilterBar.module.css';
import { countConditions, type Choice } from './filters';

interface Props {
  choice: Choice;
  /** Methods that are known, to choose from. */
  methods: string[];
  onChange: (choice: Choice) => void;
}

const rangeNames = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'custom', label: 'From … to …' },
];

export function FilterBar({ choice, methods, onChange }: Props) {
  const [series, setSeries] = useState(choice.series);
  const change = (part: Partial<Choice>) => onChange({ ...choice, ...part });
  const searchSoon = useDebouncedCallback((text: string) => change({ series: text }), 250);
  // The address may change from elsewhere: back, a link, the clear button.
  useEffect(() => setSeries(choice.series), [choice.series]);

  return (
    <div className={classes.bar} role="search" aria-label="Filter anomalies">
      <TextInput
        className={classes.search ?? ''}
        data-search
        aria-label="Series contains"
        placeholder="Series contains…"
        leftSection={<SearchIcon size={15} />}
        value={series}
        onChange={(event) => {
          setSeries(event.currentTarget.value);
          searchSoon(event.currentTarget.value);
        }}
      />
      <MultiSelect
        className={classes.status ?? ''}
        aria-label="Status"
        placeholder={choice.statuses.length === 0 ? 'Any status' : ''}
        data={statuses.map((value) => ({ value, label: statusWord[value] }))}
        value={choice.statuses}
        onChange={(value) => change({ statuses: value as Status[] })}
        clearable
      />
      <Select
        className={classes.method ?? ''}
        aria-label="Method"
        placeholder="Any method"
        data={[...new Set([...methods, ...(choice.method ? [choice.method] : [])])].sort()}
        value={choice.method || null}
        onChange={(value) => change({ method: value ?? '' })}
        clearable
        searchable
      />
      <Select
        className={classes.range ?? ''}
        aria-label="Time"
        placeholder="Any time"
        data={rangeNames}
        value={choice.range || null}
        onChange={(value) => change({ range: (value ?? '') as Choice['range'] })}
        clearable
      />
      <Switch label="Going on" checked={choice.ongoing} onChange={(event) => change({ ongoing: event.currentTarget.checked })} />
      {choice.range === 'custom' && (
        <Group gap={8} className={classes.custom ?? ''}>
          <TextInput type="datetime-local" aria-label="From" value={choice.from} onChange={(event) => change({ from: event.currentTarget.value })} />
          <span>to</span>
          <TextInput type="datetime-local" aria-label="To" value={choice.to} onChange={(event) => change({ to: event.currentTarget.value })} />
        </Group>
      )}
      <Group gap={6} className={classes.severities ?? ''}>
        {severities.map((severity) => (
          <button
            key={severity}
            type="button"
            className={classes.severity}
            aria-pressed={choice.severities.includes(severity)}
            onClick={() => change({ severities: severities.filter((each) => (each === severity) !== choice.severities.includes(each)) })}
          >
            <SeverityMark severity={severity} />
          </button>
        ))}
        {countConditions(choice) > 0 && (
          <Button
            variant="subtle"
            size="compact-xs"
            color="gray"
            onClick={() => onChange({ severities: [], statuses: [], method: '', series: '', ongoing: false, range: '', from: '', to: '', view: choice.view })}
          >
            Clear the filter
          </Button>
        )}
      </Group>
    </div>
  );
}
