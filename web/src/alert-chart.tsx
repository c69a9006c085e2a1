import { useMemo } from 'react';
import type { Alert } from '#core/alert.ts';
import type { Family } from '#core/family.ts';
import { alertsByMinute } from './alert-minutes.ts';
import type { Minute } from './alert-minutes.ts';
import { FAMILY_TITLES, paletteIndexOf } from './words/family-words.ts';

const MINUTES = 30;
const BAR = 10;
const HEIGHT = 60;

/** Alerts raised in the last half hour, a bar for each minute, stacked by family. */
export function AlertChart({ alerts, nowMs }: { alerts: readonly Alert[] | undefined; nowMs: number }) {
  const minute = Math.floor(nowMs / 60_000);
  const minutes = useMemo(() => alertsByMinute(alerts ?? [], minute, MINUTES), [alerts, minute]);
  const totals = totalsOf(minutes);
  const highest = Math.max(4, ...minutes.map(({ total }) => total));

  return (
    <section className="panel chart" aria-labelledby="chart-title">
      <div className="panel-head">
        <h2 id="chart-title">Alerts, last {MINUTES} minutes</h2>
        <ul className="legend">
          {totals.map(([family, count]) => (
            <li key={family}>
              <span className={`swatch family-${paletteIndexOf(family)}`} aria-hidden="true" />
              {FAMILY_TITLES[family]} <span className="quiet">{count}</span>
            </li>
          ))}
          {totals.length === 0 && <li className="quiet">none</li>}
        </ul>
      </div>
      <svg
        className="bars"
        viewBox={`0 0 ${MINUTES * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summaryOf(totals)}
      >
        {[0, 0.5, 1].map((level) => (
          <line key={level} className="grid" x1="0" x2={MINUTES * BAR} y1={HEIGHT * level} y2={HEIGHT * level} />
        ))}
        {minutes.map((bar, index) => (
          <Bar key={bar.minute} bar={bar} x={index * BAR} unit={HEIGHT / highest} />
        ))}
      </svg>
      <p className="axis quiet" aria-hidden="true">
        <span>{MINUTES} min ago</span>
        <span>{MINUTES / 2} min ago</span>
        <span>now</span>
      </p>
    </section>
  );
}

function Bar({ bar, x, unit }: { bar: Minute; x: number; unit: number }) {
  return (
    <g>
      {bar.layers.map(({ family, count, below }) => (
        <rect
          key={family}
          className={`family-${paletteIndexOf(family)}`}
          x={x + 1}
          y={HEIGHT - (below + count) * unit}
          width={BAR - 2}
          height={count * unit}
        >
          <title>{`${FAMILY_TITLES[family]}: ${count}`}</title>
        </rect>
      ))}
    </g>
  );
}

function totalsOf(minutes: readonly Minute[]): [Family, number][] {
  const totals = new Map<Family, number>();
  for (const { layers } of minutes) {
    for (const { family, count } of layers) totals.set(family, (totals.get(family) ?? 0) + count);
  }
  return [...totals].toSorted(([, a], [, b]) => b - a);
}

function summaryOf(totals: readonly [Family, number][]): string {
  if (totals.length === 0) return `No alerts in the last ${MINUTES} minutes`;
  return totals.map(([family, count]) => `${FAMILY_TITLES[family]}: ${count}`).join(', ');
}
