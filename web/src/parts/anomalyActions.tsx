// Saying what one makes of an anomaly: at once, with a way back.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useSetStatus } from '../api/anomalies';
import type { Anomaly, Status } from '../api/types';
import { messageOf } from './Problem';
import { UndoIcon } from './icons';

const done: Record<Status, string> = { open: 'Open again', acknowledged: 'Acknowledged', resolved: 'Resolved', false_positive: 'Marked as false positive' };

/** Sets a status, tells that it was done and offers to undo it. */
export function useMark() {
  const { mutate, isPending, variables } = useSetStatus();
  const mark = useCallback(
    (anomaly: Anomaly, status: Status, note?: string) => {
      const before = { status: anomaly.status, note: anomaly.note };
      const toast = `status-${anomaly.id}`;
      const undo = () => {
        notifications.hide(toast);
        mutate({ id: anomaly.id, status: before.status, ...(before.note !== null && { note: before.note }) }, { onError: (error) => failed(error) });
      };
      mutate(
        { id: anomaly.id, status, ...(note && { note }) },
        {
          onSuccess: () => {
            notifications.hide(toast);
            notifications.show({
              id: toast,
              color: 'iris',
              title: done[status],
              message: (
                <>
                  {anomaly.series}
                  <br />
                  <Button variant="subtle" size="compact-xs" mt={4} ml={-8} leftSection={<UndoIcon size={13} />} onClick={undo}>
                    Undo
                  </Button>
                </>
              ),
              autoClose: 8_000,
            });
          },
          onError: (error) => failed(error),
        },
      );
    },
    [mutate],
  );
  return { mark, pending: isPending ? variables.id : null };
}

function failed(error: unknown): void {
  notifications.show({ color: 'rose', title: 'That was not saved', message: messageOf(error), autoClose: 12_000 });
}
