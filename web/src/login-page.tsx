import { useState } from 'react';
import type { SubmitEvent } from 'react';
import { ApiError } from './api/request.ts';
import { logIn } from './api/session.ts';
import { Mark } from './mark.tsx';

export function LoginPage({ notice, onToken }: { notice: string; onToken: (token: string) => void }) {
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setProblem('');
    try {
      onToken(await logIn({ username, password }));
    } catch (error) {
      setProblem(adviceFor(error));
      setBusy(false);
      form.querySelector<HTMLInputElement>('[name=password]')?.select();
    }
  }

  return (
    <main className="login">
      <form className="login-card" onSubmit={(event) => void submit(event)}>
        <h1 className="brand">
          <Mark /> KubeSecure
        </h1>
        {notice && (
          <p className="notice" role="status">
            {notice}
          </p>
        )}
        <label>
          User name
          <input
            name="username"
            value={username}
            onChange={({ target }) => setUsername(target.value)}
            autoComplete="username"
            autoCapitalize="none"
            required
            maxLength={128}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
            autoComplete="current-password"
            required
            maxLength={1024}
            autoFocus
          />
        </label>
        <p className="problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? 'Logging in …' : 'Log in'}
        </button>
        <p className="hint">
          The first start printed a password in the terminal, once. To set another one, start KubeSecure with{' '}
          <code>KUBESECURE_ADMIN_PASSWORD</code>.
        </p>
      </form>
    </main>
  );
}

function adviceFor(error: unknown): string {
  if (!(error instanceof ApiError)) return 'The login could not be tried. Reload the page.';
  if (error.status === 0) return 'The server does not answer. Is KubeSecure still running?';
  return error.message;
}
