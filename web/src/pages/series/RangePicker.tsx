import { Button, Group, Popover, SegmentedControl, Stack, Switch, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { moment } from '../../text/times';
import classes from './RangePicker.module.css';
import { spans, tidy, toInput, type TimeRange } from './timeRange';

interface Props {
  range: TimeRange;
  follow: boolean;
  onRange: (range: TimeRange) => void;
  onFollow: (follow: boolean) => void;
}

export function RangePicker({ range, follow, onRange, onFollow }: Props) {
  const fixed = range.kind === 'fixed';
  return (
    <div className={classes.bar}>
      <SegmentedControl
        size="xs"
        aria-label="Time shown"
        data={spans.map(({ value, label }) => ({ value, label }))}
        value={fixed ? '' : range.span}
        onChange={(value) => {
          const span = spans.find((each) => each.value === value);
          if (span) onRange({ kind: 'span', span: span.value, ms: span.ms });
        }}
      />
      <CustomRange range={range} onRange={onRange} />
      {fixed ? (
        <Button size="compact-xs" variant="subtle" onClick={() => onRange({ kind: 'span', span: '1h', ms: 3_600_000 })}>
          Back to now
        </Button>
      ) : (
        <Switch size="xs" label="Follow" checked={follow} onChange={(event) => onFollow(event.currentTarget.checked)} />
      )}
    </div>
  );
}

function CustomRange({ range, onRange }: Pick<Props, 'range' | 'onRange'>) {
  const [opened, { open, close }] = useDisclosure(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const label = range.kind === 'fixed' ? `${moment(range.from, Date.now())} – ${moment(range.to, Date.now())}` : 'Custom';
  const begin = () => {
    const now = Date.now();
    setFrom(toInput(range.kind === 'fixed' ? range.from : now - range.ms));
    setTo(toInput(range.kind === 'fixed' ? range.to : now));
    open();
  };
  const wrong = end <= start ? 'The end must be after the start' : null;
  return (
    <Popover opened={opened} onChange={(next) => !next && close()} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant={range.kind === 'fixed' ? 'light' : 'default'} onClick={opened ? close : begin} aria-expanded={opened}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <TextInput type="datetime-local" step={1} label="From" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput type="datetime-local" step={1} label="To" value={to} error={wrong} onChange={(event) => setTo(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button
              size="xs"
              disabled={!(start < end)}
              onClick={() => {
                onRange(tidy(start, end, Date.now()));
                close();
              }}
            >
              Show
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
