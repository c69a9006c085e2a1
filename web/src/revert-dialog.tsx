import { useEffect, useRef } from 'react';
import type { Decision } from '#core/decision.ts';
import { useRevert } from './api/live.ts';

/** Asks before it puts back what stood on the Ingress, and shows exactly what that is. */
export function RevertDialog(props: { decision: Decision; token: string; onClose: () => void }) {
  const { decision, token, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const revert = useRevert(token);
  const { target } = decision;

  useEffect(() => dialog.current?.showModal(), []);
  if (!target) return null;

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="revert-title" onClose={onClose}>
      <h2 id="revert-title">
        Lift the limit on {target.namespace}/{target.name}?
      </h2>
      <p>The Ingress gets back what stood there before:</p>
      <table className="reasons">
        <thead>
          <tr>
            <th scope="col">Annotation</th>
            <th scope="col">Now</th>
            <th scope="col">Then</th>
          </tr>
        </thead>
        <tbody>
          {decision.previous.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row">{key.replace('nginx.ingress.kubernetes.io/', '')}</th>
              <td>{decision.written[key] ?? 'none'}</td>
              <td>{value ?? 'none'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">If the attack goes on, a new alert may set a limit again.</p>
      {revert.isError && (
        <p className="problem" role="alert">
          {revert.error.message}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Keep the limit
        </button>
        <button
          type="button"
          className="danger"
          disabled={revert.isPending}
          onClick={() => revert.mutate(target, { onSuccess: onClose })}
        >
          {revert.isPending ? 'Lifting …' : 'Lift it now'}
        </button>
      </div>
    </dialog>
  );
}
