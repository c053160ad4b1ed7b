// Saying what one makes of an anomaly, or of several: at once, with a way back.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback, useState } from 'react';
import { useSetStatus } from '../api/anomalies';
import type { Anomaly, Status } from '../api/types';
import { messageOf } from './Problem';
import { UndoIcon } from './icons';

const done: Record<Status, string> = { open: 'Open again', acknowledged: 'Acknowledged', resolved: 'Resolved', false_positive: 'Marked as false positive' };

export interface Marking {
  /** Sets the status of all of them, tells that it was done and offers to undo it. */
  mark: (anomalies: Anomaly[], status: Status, note?: string) => void;
  /** Whether this one is being set at the moment. */
  busy: (anomaly: Anomaly) => boolean;
}

export function useMark(): Marking {
  const { mutateAsync } = useSetStatus();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());

  const mark = useCallback(
    async (anomalies: Anomaly[], status: Status, note?: string) => {
      const before = anomalies.map(({ id, status, note }) => ({ id, status, ...(note !== null && { note }) }));
      const toast = `status-${anomalies[0]?.id}`;
      const undo = async () => {
        notifications.hide(toast);
        try {
          for (const each of before) await mutateAsync(each);
        } catch (error) {
          failed(error);
        }
      };
      setPending(new Set(anomalies.map((anomaly) => anomaly.id)));
      try {
        for (const { id } of anomalies) await mutateAsync({ id, status, ...(note && { note }) });
        notifications.hide(toast);
        notifications.show({
          id: toast,
          color: 'iris',
          title: done[status],
          message: <Told anomalies={anomalies} onUndo={() => void undo()} />,
          autoClose: 8_000,
        });
      } catch (error) {
        failed(error);
      } finally {
        setPending(new Set());
      }
    },
    [mutateAsync],
  );
  return { mark: (...given) => void mark(...given), busy: (anomaly) => pending.has(anomaly.id) };
}

function Told({ anomalies, onUndo }: { anomalies: Anomaly[]; onUndo: () => void }) {
  return (
    <>
      {anomalies[0]?.series}
      {anomalies.length > 1 && `, ${anomalies.length} anomalies`}
      <br />
      <Button variant="subtle" size="compact-xs" mt={4} ml={-8} leftSection={<UndoIcon size={13} />} onClick={onUndo}>
        Undo
      </Button>
    </>
  );
}

function failed(error: unknown): void {
  notifications.show({ color: 'rose', title: 'That was not saved', message: messageOf(error), autoClose: 12_000 });
}
