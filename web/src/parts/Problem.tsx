// What is shown when something could not be read or done.
import { Alert, Button, Group, Text } from '@mantine/core';
import { ApiError } from '../api/client';

export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.retryAfterS ? `${error.message} Try again in ${error.retryAfterS} s.` : error.message;
  return error instanceof Error ? error.message : 'Something went wrong.';
}

export function Problem({ what, error, onRetry }: { what: string; error: unknown; onRetry?: () => void }) {
  return (
    <Alert color="rose" variant="light" role="alert" title={what} mb="sm">
      <Group justify="space-between" align="center" gap="sm">
        <Text size="sm">{messageOf(error)}</Text>
        {onRetry && (
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
