import type { ReactNode } from 'react';
import type { Decision } from '#core/decision.ts';
import { Moment } from './moment.tsx';
import { isRunning, limitWords, STATE_WORDS } from './words/decision-words.ts';
import { FAMILY_TITLES } from './words/family-words.ts';
import { countdown } from './words/times.ts';

export function DecisionCard(props: { decision: Decision; nowMs: number; onRevert: (() => void) | null }) {
  const { decision, nowMs, onRevert } = props;
  const { target, victim, state, dryRun, reason, revertAskedBy } = decision;
  const running = isRunning(decision, nowMs);

  return (
    <li className={`card state-edge-${state}`} data-testid="decision">
      <div className="card-head">
        <span className={`badge state-${state}`}>{STATE_WORDS[state]}</span>
        {dryRun && state !== 'simulated' && <span className="badge badge-dry">Dry run</span>}
        <h3 className="target">{target ? `${target.namespace}/${target.name}` : victim}</h3>
        {running && (
          <span className="countdown" role="timer" title={`Until ${decision.until}`} data-testid="countdown">
            {countdown(decision.until, nowMs)}
          </span>
        )}
      </div>
      <p>{limitWords(decision.limit)}</p>
      {running && <TimeLeft decision={decision} nowMs={nowMs} />}
      <p className="quiet small">
        {causeOf(decision)}, <Moment iso={decision.createdAt} nowMs={nowMs} />
        {!running && (
          <>
            , ended <Moment iso={decision.changedAt} nowMs={nowMs} />
          </>
        )}
      </p>
      {reason && <p className="reason">{reason}</p>}
      {revertAskedBy !== undefined && running && (
        <p className="reason">{revertAskedBy} asked to lift it; that is tried until it works.</p>
      )}
      {onRevert && state === 'applied' && revertAskedBy === undefined && (
        <button type="button" onClick={onRevert}>
          Revert …
        </button>
      )}
    </li>
  );
}

function TimeLeft({ decision: { createdAt, until }, nowMs }: { decision: Decision; nowMs: number }) {
  const whole = Date.parse(until) - Date.parse(createdAt);
  const left = Math.min(1, Math.max(0, (Date.parse(until) - nowMs) / Math.max(whole, 1)));
  return (
    <svg className="time-left" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
      <rect className="score-track" width="100" height="2" />
      <rect className="score-fill" width={100 * left} height="2" />
    </svg>
  );
}

function causeOf({ origin, family, victim }: Decision): ReactNode {
  if (origin !== 'rule') return `Set by ${origin}`;
  return (
    <>
      {family ? FAMILY_TITLES[family] : 'An attack'} against <code>{victim}</code>, decided by rule
    </>
  );
}
