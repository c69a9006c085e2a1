import { useState } from 'react';
import type { Alert } from '#core/alert.ts';

interface Announced {
  readonly alerts: readonly Alert[] | undefined;
  readonly text: string;
}

/** Tells a screen reader about alerts that came since the page was opened. Nothing to see. */
export function Announcer({ alerts }: { alerts: readonly Alert[] | undefined }) {
  const [announced, setAnnounced] = useState<Announced>({ alerts: undefined, text: '' });
  if (alerts !== announced.alerts) setAnnounced({ alerts, text: newsOf(announced, alerts) });

  return (
    <p className="hidden" aria-live="polite" data-testid="announcer">
      {announced.text}
    </p>
  );
}

function newsOf(before: Announced, alerts: readonly Alert[] | undefined): string {
  if (!before.alerts || !alerts) return before.text;
  const known = new Set(before.alerts.map(({ id }) => id));
  const fresh = alerts.filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? before.text : fresh.map(({ message }) => `New alert: ${message}`).join(' ');
}
