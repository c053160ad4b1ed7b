import { Badge } from '@mantine/core';
import type { Status } from '../api/types';
import { statusWord } from '../text/anomaly';

const colour: Record<Status, string> = { open: 'rose', acknowledged: 'iris', resolved: 'teal', false_positive: 'gray' };

export function StatusBadge({ status }: { status: Status }) {
  return (
    <Badge color={colour[status]} size="sm" radius="sm">
      {statusWord[status]}
    </Badge>
  );
}
