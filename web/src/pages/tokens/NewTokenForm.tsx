import { Button, Radio, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useCreateToken } from '../../api/auth';
import { scopes, type NewToken, type Scope } from '../../api/types';
import { Panel } from '../../parts/Panel';
import { Problem } from '../../parts/Problem';

const tells: Record<Scope, string> = {
  ingest: 'Send samples and upload files, nothing else',
  read: 'Read anomalies, series and samples',
  admin: 'Everything, tokens and users included',
};

export function NewTokenForm({ onMade }: { onMade: (token: NewToken) => void }) {
  const create = useCreateToken();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('ingest');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    create.mutate(
      { name: name.trim(), scope },
      {
        onSuccess: (token) => {
          onMade(token);
          setName('');
        },
      },
    );
  };
  return (
    <Panel title="New token">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder="What will use it"
            maxLength={64}
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Radio.Group label="It may" value={scope} onChange={(value) => setScope(value as Scope)}>
            <Stack gap={10} mt={6}>
              {scopes.map((each) => (
                <Radio key={each} value={each} label={each} description={tells[each]} />
              ))}
            </Stack>
          </Radio.Group>
          {create.error && <Problem what="The token was not made" error={create.error} />}
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Make token
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
