import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Alert } from '#core/alert.ts';
import type { Peer, Reason } from '#core/verdict.ts';
import { Moment } from './moment.tsx';
import { ScoreBar } from './score-bar.tsx';
import { FAMILY_TITLES, techniqueUrl } from './words/family-words.ts';
import { pValueText, shortNumber } from './words/numbers.ts';
import { wordsOf } from './words/reason-words.ts';
import { span } from './words/times.ts';

export function AlertCard(props: { alert: Alert; nowMs: number; openAtFirst: boolean }) {
  const { alert, nowMs } = props;
  // Decided once: a card must not close under the reader's eyes because newer ones came.
  const [openAtFirst] = useState(props.openAtFirst);
  const lastedMs = Date.parse(alert.lastSeen) - Date.parse(alert.firstSeen);

  return (
    <li className={`card edge-${alert.severity}`} data-testid="alert">
      <div className="card-head">
        <span className={`badge severity-${alert.severity}`}>{alert.severity}</span>
        <h3>{FAMILY_TITLES[alert.family]}</h3>
        {alert.status !== 'open' && <span className="badge">{alert.status.replace('-', ' ')}</span>}
        <span className="card-time quiet">
          <Moment iso={alert.timestamp} nowMs={nowMs} />
        </span>
      </div>
      <Parties alert={alert} />
      <dl className="facts">
        <Fact name="Score">
          <ScoreBar score={alert.score} threshold={alert.threshold} />
        </Fact>
        <Fact name="p-value" title="Share of ordinary windows that score at least as high">
          {pValueText(alert.pValue)}
        </Fact>
        <Fact name="Flows">{shortNumber(alert.flows)}</Fact>
        <Fact name="First seen">
          <Moment iso={alert.firstSeen} nowMs={nowMs} />
        </Fact>
        <Fact name="Last seen">
          <Moment iso={alert.lastSeen} nowMs={nowMs} />
          <span className="quiet"> after {span(lastedMs)}</span>
        </Fact>
        {alert.technique && (
          <Fact name="ATT&CK">
            <a href={techniqueUrl(alert.technique)} target="_blank" rel="noreferrer">
              {alert.technique}
            </a>
          </Fact>
        )}
      </dl>
      {alert.reasons.length > 0 && (
        <details className="why" open={openAtFirst}>
          <summary>Why</summary>
          <Reasons reasons={alert.reasons} />
        </details>
      )}
    </li>
  );
}

/** Who did it to whom: a server's peers come to it, a client goes to its peers. */
function Parties({ alert: { entity, peers } }: { alert: Alert }) {
  const self = (
    <span className="party">
      <code>{addressOf(entity)}</code>
      {entity.workload && <span className="quiet"> {entity.workload}</span>}
    </span>
  );
  const others = <Peers peers={peers} />;
  const [from, to] = entity.side === 'server' ? [others, self] : [self, others];
  return (
    <p className="parties">
      {from}
      <span className="arrow" role="img" aria-label="to">
        →
      </span>
      {to}
    </p>
  );
}

function Peers({ peers }: { peers: readonly Peer[] }) {
  const first = peers.slice(0, 3);
  const rest = peers.slice(3);
  if (first.length === 0) return <span className="party quiet">nobody in particular</span>;
  return (
    <span className="party">
      {first.map((peer) => (
        <code key={addressOf(peer)} title={`${peer.flows} flow reports`}>
          {addressOf(peer)}
        </code>
      ))}
      {rest.length > 0 && (
        <span className="quiet" title={rest.map(addressOf).join('\n')}>
          and {rest.length} more
        </span>
      )}
    </span>
  );
}

function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <table className="reasons">
      <thead>
        <tr>
          <th scope="col">Feature</th>
          <th scope="col">Now</th>
          <th scope="col">Usual</th>
          <th scope="col">
            <span className="hidden">Contrast</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {reasons.map((reason) => {
          const { label, value, usual, contrast } = wordsOf(reason);
          return (
            <tr key={reason.feature}>
              <th scope="row">{label}</th>
              <td title={String(reason.value)}>{value}</td>
              <td title={String(reason.usual)}>{usual}</td>
              <td className="quiet">{contrast}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Fact({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function addressOf({ ip, port }: { readonly ip: string; readonly port: number | null }): string {
  if (port === null) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
