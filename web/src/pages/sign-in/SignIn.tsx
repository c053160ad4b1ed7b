import { Alert, Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router';
import { useSignIn } from '../../api/auth';
import { ApiError } from '../../api/client';
import { Problem } from '../../parts/Problem';
import { usePageTitle } from '../../parts/usePageTitle';
import { Plain } from '../../shell/Plain';

/** After signing in the gate sends the reader on, so nothing is done here with `next`. */
export default function SignIn() {
  usePageTitle('Sign in');
  const [query] = useSearchParams();
  const signIn = useSignIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const refused = signIn.error instanceof ApiError && signIn.error.status === 401;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name && password) signIn.mutate({ name, password });
  };
  return (
    <Plain>
      <Title order={1} mb="lg">
        Sign in
      </Title>
      {query.has('ended') && !signIn.error && (
        <Alert variant="light" mb="md" role="status">
          Your session has ended. Sign in to go on where you were.
        </Alert>
      )}
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {refused && <Alert color="rose" variant="light" role="alert" title="Name or password is wrong" />}
          {signIn.error && !refused && <Problem what="That did not work" error={signIn.error} />}
          <Button type="submit" mt="xs" loading={signIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Plain>
  );
}
