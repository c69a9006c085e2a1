import { useEffect, useState } from 'react';
import type { LiveStatus } from './api/live.ts';

/** Half a second, so that a countdown never skips one. */
const TICK_MS = 500;

/** The server's clock, milliseconds since the epoch, ticking: the reader's own may be wrong. */
export function useServerNow(status: LiveStatus | undefined): number {
  const [localNowMs, setLocalNowMs] = useState(() => Date.now());

  useEffect(() => {
    const timer = setInterval(() => setLocalNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  return status ? localNowMs + (Date.parse(status.now) - status.receivedAtMs) : localNowMs;
}
