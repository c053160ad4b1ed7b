// Keeps a fault of one page from taking the others down.
import { Button, Group, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface Props {
  /** When this changes the page is tried again. */
  resetKey: string;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: Props) {
    if (before.resetKey !== this.props.resetKey && this.state.error) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert">
        <Title order={1} mb="xs">
          This page broke
        </Title>
        <Text c="dimmed" mb="md" maw={560}>
          The rest of the dashboard still works, and nothing on the server was touched. What the browser said: {error.message}
        </Text>
        <Group>
          <Button onClick={() => this.setState({ error: null })}>Try again</Button>
          <Button variant="default" onClick={() => location.reload()}>
            Reload everything
          </Button>
        </Group>
      </div>
    );
  }
}
