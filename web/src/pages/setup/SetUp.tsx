// First run: the one-time link from the console makes the first user.
import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useSetup } from '../../api/auth';
import { Problem } from '../../parts/Problem';
import { usePageTitle } from '../../parts/usePageTitle';
import { Plain } from '../../shell/Plain';

/** The server's own least; said before it has to refuse. */
export const leastPassword = 10;

/** The token of `#token=…`; it is in the hash so that it never reaches a log. */
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

export function mistakes(name: string, password: string, again: string) {
  return {
    name: name.trim() === '' ? 'Needed' : null,
    password: password.length < leastPassword ? `At least ${leastPassword} characters` : null,
    again: again !== password ? 'Not the same' : null,
  };
}

export default function SetUp() {
  usePageTitle('Set-up');
  const token = tokenOf(useLocation().hash);
  const navigate = useNavigate();
  const setup = useSetup();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = mistakes(name, password, again);

  if (token === '') {
    return (
      <Plain>
        <Title order={1}>Almost there</Title>
        <Text c="dimmed" mt="sm">
          This Oddity has no user yet. Open the one-time set-up link that it printed where it was started: it ends in <code>/setup#token=…</code>
        </Text>
      </Plain>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.name || wrong.password || wrong.again) return;
    setup.mutate({ token, name: name.trim(), password }, { onSuccess: () => void navigate('/', { replace: true }) });
  };
  return (
    <Plain>
      <Title order={1}>Welcome</Title>
      <Text c="dimmed" mt={4} mb="lg">
        Make the first user of this Oddity. The link works once.
      </Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label="Name"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={name}
            error={tried && wrong.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            description={`At least ${leastPassword} characters; a few words are good`}
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            error={tried && wrong.password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password again"
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={again}
            error={tried && wrong.again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          {setup.error && <Problem what="That did not work" error={setup.error} />}
          <Button type="submit" mt="xs" loading={setup.isPending}>
            Begin
          </Button>
        </Stack>
      </form>
    </Plain>
  );
}
