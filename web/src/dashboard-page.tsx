import { useEffect } from 'react';
import type { Alert } from '#core/alert.ts';
import { AlertChart } from './alert-chart.tsx';
import { AlertList } from './alert-list.tsx';
import { Announcer } from './announcer.tsx';
import { useLive } from './api/live.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { DecisionList } from './decision-list.tsx';
import { Header } from './header.tsx';
import { useServerNow } from './server-clock.ts';
import { Tiles } from './tiles.tsx';

/** Everything at a glance; all of it renews itself. */
export function DashboardPage({ token, onLogout }: { token: string; onLogout: () => void }) {
  const live = useLive(token);
  const status = live.status.data;
  const nowMs = useServerNow(status);
  useTitle(live.alerts.data);

  return (
    <>
      <Header status={status} isStale={live.status.isError} onLogout={onLogout} />
      <ConnectionBanner live={live} />
      <main className="dashboard">
        <Tiles status={status} />
        <AlertChart alerts={live.alerts.data} nowMs={nowMs} />
        <div className="columns">
          <AlertList alerts={live.alerts.data} status={status} nowMs={nowMs} />
          <DecisionList decisions={live.decisions.data} status={status} nowMs={nowMs} token={token} />
        </div>
      </main>
      <Announcer alerts={live.alerts.data} />
    </>
  );
}

function useTitle(alerts: readonly Alert[] | undefined): void {
  const open = alerts?.filter(({ status }) => status === 'open').length ?? 0;
  useEffect(() => {
    document.title = open > 0 ? `(${open}) KubeSecure` : 'KubeSecure';
  }, [open]);
}
