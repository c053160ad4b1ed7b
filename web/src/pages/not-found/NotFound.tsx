import { Button, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Page } from '../../parts/Page';

export default function NotFound() {
  return (
    <Page title="No such page">
      <Text c="dimmed" mb="md">
        Nothing lives at this address. That is odd, but not an anomaly.
      </Text>
      <Button component={Link} to="/">
        To the overview
      </Button>
    </Page>
  );
}
