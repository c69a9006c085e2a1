import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from './api/request.ts';
import { forgetToken, rememberToken, rememberedToken } from './api/session.ts';
import { DashboardPage } from './dashboard-page.tsx';
import { LoginPage } from './login-page.tsx';

/** The login, or the dashboard once there is a token. */
export function App() {
  const [token, setToken] = useState(rememberedToken);
  const [notice, setNotice] = useState('');

  function enter(newToken: string): void {
    rememberToken(newToken);
    setNotice('');
    setToken(newToken);
  }

  function leave(why: string): void {
    forgetToken();
    setNotice(why);
    setToken(null);
  }

  if (token === null) return <LoginPage notice={notice} onToken={enter} />;
  return <Session key={token} token={token} onLeave={leave} />;
}

/** One session has one cache, so that nothing seen in one shows up in the next. */
function Session({ token, onLeave }: { token: string; onLeave: (why: string) => void }) {
  const [queries] = useState(() => createQueries(() => onLeave('Your session has ended. Log in again to go on.')));
  return (
    <QueryClientProvider client={queries}>
      <DashboardPage token={token} onLogout={() => onLeave('')} />
    </QueryClientProvider>
  );
}

function createQueries(onSessionEnd: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) onSessionEnd();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    defaultOptions: {
      // No retry: the next poll is one. `always`, for a server on this machine answers without any network.
      queries: { retry: false, networkMode: 'always' },
      mutations: { networkMode: 'always', onError },
    },
  });
}
