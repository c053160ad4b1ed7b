// Acknowledge, resolve, false positive, open again; with a note if there is something to say.
import { Button, Group, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';
import type { Anomaly, Status } from '../../api/types';
import { useMark } from '../../parts/anomalyActions';
import { CheckIcon, EyeIcon, NotIcon, UndoIcon } from '../../parts/icons';

export function Actions({ anomaly }: { anomaly: Anomaly }) {
  const marking = useMark();
  const [note, setNote] = useState<string | null>(null);
  const busy = marking.busy(anomaly);
  const { status } = anomaly;
  const set = (next: Status) => {
    if (busy || next === status) return;
    marking.mark([anomaly], next, note?.trim());
    setNote(null);
  };
  useHotkeys([
    ['a', () => set('acknowledged')],
    ['r', () => set('resolved')],
    ['f', () => set('false_positive')],
  ]);
  return (
    <div>
      {note !== null && (
        <Textarea
          mt="md"
          maw={620}
          label="Note"
          description="Kept with whatever you choose below."
          autosize
          minRows={2}
          maxLength={2000}
          autoFocus
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      )}
      <Group mt="md" gap="xs">
        {status !== 'acknowledged' && status !== 'resolved' && (
          <Button variant={status === 'open' ? 'filled' : 'default'} leftSection={<EyeIcon size={16} />} disabled={busy} onClick={() => set('acknowledged')}>
            Acknowledge
          </Button>
        )}
        {status !== 'resolved' && (
          <Button
            variant={status === 'acknowledged' ? 'filled' : 'default'}
            leftSection={<CheckIcon size={16} />}
            disabled={busy}
            onClick={() => set('resolved')}
          >
            Resolve
          </Button>
        )}
        {status !== 'false_positive' && (
          <Button variant="default" leftSection={<NotIcon size={16} />} disabled={busy} onClick={() => set('false_positive')}>
            False positive
          </Button>
        )}
        {status !== 'open' && (
          <Button variant="default" leftSection={<UndoIcon size={16} />} disabled={busy} onClick={() => set('open')}>
            Open again
          </Button>
        )}
        {note === null && (
          <Button variant="subtle" color="gray" onClick={() => setNote('')}>
            Add a note
          </Button>
        )}
      </Group>
    </div>
  );
}
