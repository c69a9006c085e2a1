import { useState } from 'react';
import type { ApiStatus } from '#api/routes/status.ts';
import type { Decision } from '#core/decision.ts';
import { DecisionCard } from './decision-card.tsx';
import { RevertDialog } from './revert-dialog.tsx';
import { isRunning } from './words/decision-words.ts';

const EARLIER_AT_MOST = 20;

export function DecisionList(props: {
  decisions: readonly Decision[] | undefined;
  status: ApiStatus | undefined;
  nowMs: number;
  token: string;
}) {
  const { decisions, status, nowMs, token } = props;
  const [reverting, setReverting] = useState<Decision | null>(null);
  const running = decisions?.filter((decision) => isRunning(decision, nowMs)) ?? [];
  const ended = decisions?.filter((decision) => !isRunning(decision, nowMs)) ?? [];

  return (
    <section className="panel" aria-labelledby="decisions-title">
      <div className="panel-head">
        <h2 id="decisions-title">Decisions</h2>
        <span className="quiet">{running.length} running</span>
      </div>
      {decisions === undefined && <p className="empty">Loading …</p>}
      {decisions && running.length === 0 && <NothingRunning status={status} />}
      <ol className="cards" data-testid="decisions">
        {running.map((decision) => (
          <DecisionCard key={decision.id} decision={decision} nowMs={nowMs} onRevert={() => setReverting(decision)} />
        ))}
      </ol>
      {ended.length > 0 && (
        <details className="earlier">
          <summary>
            Earlier <span className="quiet">{ended.length}</span>
          </summary>
          <ol className="cards">
            {ended.slice(0, EARLIER_AT_MOST).map((decision) => (
              <DecisionCard key={decision.id} decision={decision} nowMs={nowMs} onRevert={null} />
            ))}
          </ol>
        </details>
      )}
      {reverting && <RevertDialog decision={reverting} token={token} onClose={() => setReverting(null)} />}
    </section>
  );
}

function NothingRunning({ status }: { status: ApiStatus | undefined }) {
  const isDryRun = status?.responseMode !== 'enforce';
  return (
    <div className="empty">
      <p>Nothing is limited now.</p>
      <p className="quiet">
        A flood against an Ingress leads to a limit on it, for a while; what stood before is put back after.
        {isDryRun && ' In dry run it is only shown here what would be done.'}
        {status && !status.canLimit && ' No cluster is connected, so a limit has no Ingress to go to.'}
      </p>
    </div>
  );
}
