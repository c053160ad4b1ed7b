// Tokens for programs: made, shown once, revoked.
import { ActionIcon, Alert, Button, Modal, Skeleton, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAuthState, useRevokeToken, useTokens } from '../../api/auth';
import type { NewToken, Token } from '../../api/types';
import { CodeBlock } from '../../parts/CodeBlock';
import { CopyButton } from '../../parts/CopyButton';
import { TrashIcon } from '../../parts/icons';
import { Page } from '../../parts/Page';
import { Panel } from '../../parts/Panel';
import { messageOf, Problem } from '../../parts/Problem';
import { When } from '../../parts/When';
import { NewTokenForm } from './NewTokenForm';
import classes from './Tokens.module.css';

export default function Tokens() {
  const signIn = useAuthState().data?.auth === 'required';
  const { data: tokens, error, isPending, refetch } = useTokens(signIn);
  const [made, setMade] = useState<NewToken | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  if (!signIn) {
    return (
      <Page title="Tokens">
        <Text c="dimmed">This server runs with --auth none: everything is open to whoever reaches it, and tokens mean nothing.</Text>
      </Page>
    );
  }
  return (
    <Page title="Tokens">
      <div className={classes.columns}>
        <div className={classes.left}>
          {made && <Shown token={made} onDone={() => setMade(null)} />}
          <Panel title="Tokens" aside={tokens && String(tokens.length)} flush={!!tokens?.length}>
            {error && <Problem what="The tokens could not be read" error={error} onRetry={() => void refetch()} />}
            {isPending && <Skeleton height={120} />}
            {tokens?.length === 0 && <Text c="dimmed">None yet. A program needs one to send samples or to read.</Text>}
            {tokens && tokens.length > 0 && <TokenTable tokens={tokens} onRevoke={setRevoking} />}
          </Panel>
        </div>
        <NewTokenForm onMade={setMade} />
      </div>
      <Revoke token={revoking} onDone={() => setRevoking(null)} />
    </Page>
  );
}

function TokenTable({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  return (
    <Table.ScrollContainer minWidth={440}>
      <Table verticalSpacing={8} horizontalSpacing={18}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>May</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td className={classes.name ?? ''}>{token.name}</Table.Td>
              <Table.Td>{token.scope}</Table.Td>
              <Table.Td>
                <When time={token.created_at} relative />
              </Table.Td>
              <Table.Td>{token.created_by}</Table.Td>
              <Table.Td ta="right">
                <ActionIcon onClick={() => onRevoke(token)} aria-label={`Revoke ${token.name}`}>
                  <TrashIcon size={16} />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Shown({ token, onDone }: { token: NewToken; onDone: () => void }) {
  return (
    <Alert color="iris" variant="light" title={`Token «${token.name}»`} role="status">
      <Text size="sm" mb="xs">
        Copy it now: it is shown this once, and only its hash is kept.
      </Text>
      <CodeBlock text={token.token} label="The new token" />
      <div className={classes.shownActions}>
        <CopyButton text={token.token} label="Copy the token" variant="filled" />
        <Button size="xs" variant="subtle" onClick={onDone}>
          I have it
        </Button>
      </div>
    </Alert>
  );
}

function Revoke({ token, onDone }: { token: Token | null; onDone: () => void }) {
  const revoke = useRevokeToken();
  return (
    <Modal opened={token !== null} onClose={onDone} title={`Revoke «${token?.name ?? ''}»?`}>
      <Text size="sm">Programs that use it are refused from now on. This can't be undone; a new token can be made.</Text>
      <div className={classes.modalActions}>
        <Button variant="default" onClick={onDone}>
          Keep it
        </Button>
        <Button
          color="rose"
          loading={revoke.isPending}
          onClick={() =>
            token &&
            revoke.mutate(token.id, {
              onSuccess: () => notifications.show({ title: 'Revoked', message: token.name }),
              onError: (error) => notifications.show({ color: 'rose', title: 'That was not saved', message: messageOf(error) }),
              onSettled: onDone,
            })
          }
        >
          Revoke
        </Button>
      </div>
    </Modal>
  );
}
