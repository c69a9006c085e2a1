import { useState } from 'react';
import type { ApiStatus } from '#api/routes/status.ts';
import type { Alert } from '#core/alert.ts';
import { AlertCard } from './alert-card.tsx';
import { shortNumber } from './words/numbers.ts';

const PAGE = 20;
/** The newest show why they were raised without being asked. */
const OPEN_AT_FIRST = 3;

export function AlertList(props: {
  alerts: readonly Alert[] | undefined;
  status: ApiStatus | undefined;
  nowMs: number;
}) {
  const { alerts, status, nowMs } = props;
  const [shown, setShown] = useState(PAGE);

  return (
    <section className="panel" aria-labelledby="alerts-title">
      <div className="panel-head">
        <h2 id="alerts-title">Alerts</h2>
        <span className="quiet">newest first</span>
      </div>
      {alerts === undefined && <p className="empty">Loading …</p>}
      {alerts?.length === 0 && <NoAlerts status={status} />}
      <ol className="cards" data-testid="alerts">
        {alerts?.slice(0, shown).map((alert, index) => (
          <AlertCard key={alert.id} alert={alert} nowMs={nowMs} openAtFirst={index < OPEN_AT_FIRST} />
        ))}
      </ol>
      {alerts && alerts.length > shown && (
        <button type="button" className="more" onClick={() => setShown(shown + PAGE)}>
          Show {Math.min(PAGE, alerts.length - shown)} more of {alerts.length}
        </button>
      )}
    </section>
  );
}

function NoAlerts({ status }: { status: ApiStatus | undefined }) {
  const sensor = status?.sensor;
  if (!sensor) {
    return (
      <div className="empty">
        <p>No packets are read, so nothing can be judged.</p>
        <p className="quiet">
          Start KubeSecure with <code>--interface eth0</code> to watch an interface, or with <code>--replay FILE</code>{' '}
          to play a capture.
        </p>
      </div>
    );
  }
  return (
    <div className="empty">
      <p>No alerts: nothing unusual so far.</p>
      <p className="quiet">
        {shortNumber(sensor.packets)} packets in {shortNumber(sensor.flowsReported)} flow reports were read from{' '}
        {sensor.source}. As soon as the last flows of a client or a server look unlike anything usual, an alert appears
        here by itself, with the reasons.
      </p>
    </div>
  );
}
