import type { Live } from './api/live.ts';
import { ApiError } from './api/request.ts';

/** Says so when what is on the page is no longer renewed, and what to do. */
export function ConnectionBanner({ live }: { live: Live }) {
  const broken = [live.status, live.alerts, live.decisions].find(({ error }) => error !== null);
  if (!broken?.error) return null;

  const lastSeen = Math.max(...Object.values(live).map(({ dataUpdatedAt }) => dataUpdatedAt));
  const tryNow = () => void Promise.all(Object.values(live).map((query) => query.refetch()));
  const isSilent = broken.error instanceof ApiError && broken.error.status === 0;
  return (
    <div className="banner" role="alert">
      <strong>{isSilent ? 'The server does not answer.' : 'The server could not give everything.'}</strong>
      <span>
        {isSilent ? 'Is KubeSecure still running? ' : `${broken.error.message} `}
        {lastSeen > 0 ? `What you see is from ${new Date(lastSeen).toLocaleTimeString([], { hour12: false })}. ` : ''}
        It is tried again every second.
      </span>
      <button type="button" onClick={tryNow}>
        Try now
      </button>
    </div>
  );
}
