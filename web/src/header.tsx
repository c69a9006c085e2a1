import type { ApiStatus } from '#api/routes/status.ts';
import { Mark } from './mark.tsx';

/** What is watched, whether it acts, whether it works. `isStale`: the server stopped answering. */
export function Header(props: { status: ApiStatus | undefined; isStale: boolean; onLogout: () => void }) {
  const { status, isStale, onLogout } = props;
  return (
    <header className="header">
      <h1 className="brand">
        <Mark /> KubeSecure
      </h1>
      {status && (
        <p className="source" title={status.source}>
          <span className="quiet">Watching</span> {status.source}
        </p>
      )}
      {status && (
        <div className="badges">
          <ModeBadge mode={status.responseMode} />
          {isStale ? <span className="badge badge-bad">No answer</span> : <Health status={status} />}
        </div>
      )}
      <button type="button" className="plain logout" onClick={onLogout}>
        Log out
      </button>
    </header>
  );
}

function ModeBadge({ mode }: { mode: ApiStatus['responseMode'] }) {
  if (mode === 'enforce') {
    return (
      <span className="badge badge-enforce" title="Decisions are written to the cluster">
        Enforce
      </span>
    );
  }
  return (
    <span className="badge badge-dry" title="Decisions are only shown; set response.mode: enforce to act on them">
      Dry run
    </span>
  );
}

function Health({ status: { checks, version } }: { status: ApiStatus }) {
  const failing = checks.filter(({ ok }) => !ok).length;
  return (
    <>
      <button
        type="button"
        popoverTarget="health-checks"
        className={`badge badge-button ${failing > 0 ? 'badge-bad' : 'badge-good'}`}
      >
        {failing > 0 ? `${failing} of ${checks.length} checks fail` : 'Healthy'}
      </button>
      <div id="health-checks" popover="auto" className="health-checks">
        <ul>
          {checks.map(({ name, ok, detail }) => (
            <li key={name}>
              <span className={ok ? 'dot dot-good' : 'dot dot-bad'} aria-hidden="true" />
              <strong>{name}</strong> {ok ? 'works' : 'fails'}
              {detail && <span className="quiet"> · {detail}</span>}
            </li>
          ))}
        </ul>
        <p className="quiet">KubeSecure {version}</p>
      </div>
    </>
  );
}
