// What a file may look like, by example.
import { Tabs, Text } from '@mantine/core';
import { CodeBlock } from '../../parts/CodeBlock';
import { Panel } from '../../parts/Panel';

export const samples = {
  CSV: {
    text: 'metric,value,timestamp\ncpu_usage,45.2,2026-01-31T12:00:00Z\ncpu_usage,46.0,2026-01-31T12:00:10Z\ncpu_usage,97.8,2026-01-31T12:00:20Z',
    note: 'A header names the columns, in any order; comma, semicolon or tab.',
  },
  JSON: {
    text: '[\n  {"metric": "cpu_usage", "value": 45.2, "timestamp": 1769860800},\n  {"metric": "cpu_usage", "value": 97.8, "timestamp": 1769860810,\n   "labels": {"host": "a"}}\n]',
    note: 'An array, one object, or one object a line (NDJSON). Labels make series of one metric differ.',
  },
  TXT: {
    text: 'cpu_usage,45.2,1769860800\ncpu_usage,46.0,1769860810\ncpu_usage,97.8,1769860820',
    note: 'Metric, value, time without a header; comma or tab.',
  },
} as const;

export function Formats() {
  return (
    <Panel title="What a file may look like">
      <Tabs defaultValue="CSV" keepMounted={false}>
        <Tabs.List mb="sm">
          {Object.keys(samples).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(samples).map(([name, { text, note }]) => (
          <Tabs.Panel key={name} value={name}>
            <CodeBlock text={text} label={`Example of ${name}`} />
            <Text size="sm" c="dimmed" mt="sm">
              {note}
            </Text>
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" c="dimmed" mt="sm">
        Times are ISO 8601 (UTC unless they say otherwise) or Unix seconds to nanoseconds. Good records of a file are kept when others are rejected.
      </Text>
    </Panel>
  );
}
