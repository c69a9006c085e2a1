import type { ServiceName } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Attack, Plan, TimeWindow } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { compromisedHabits, type OrdinaryWork } from '../traffic/compromised.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';
import type { Timing } from './attack-window.ts';

/** What one attack scenario adds to an ordinary day. */
export interface AttackParts {
  readonly parameters: Plan['parameters'];
  readonly attackers: number;
  readonly attackersOutside?: boolean;
  /** What must be there for the attack. */
  readonly services?: readonly ServiceName[];
  readonly targets?: number;
  readonly heavy?: boolean;
  /**
   * Ordinary work that the attack's flows could be taken for: an attacker that has such work ends it before. `null`: the
   * attacker has none at all, for its packets bear other addresses than its own.
   */
  readonly looksLike: readonly OrdinaryWork[] | null;
  attack(window: TimeWindow, attacker: number): Attack;
}

/** The others of several attackers join within this time. */
const JOIN_MS = 1_000;
const LONG_MS = 120_000;

/** The plan of a run with one kind of attack: an ordinary day, busy or quiet, and the attack in its windows. */
export function attackPlan(random: Random, timing: Timing, parts: AttackParts): Plan {
  const { durationMs, windows } = timing;
  const { attackers, attackersOutside = false } = parts;
  // A busy day of some minutes would be a capture of hundreds of thousands of packets.
  const quiet = random.chance(durationMs > LONG_MS ? 0.6 : 0.25);
  const clients = quiet ? random.integer(1, 2) : random.integer(3, 6);
  const needed = { services: parts.services, visitors: attackersOutside ? 1 : 0 };
  const { services, visitors } = quiet
    ? { services: parts.services ?? [], visitors: needed.visitors }
    : drawSurroundings(random, needed);
  const day = drawBackground(random, quiet ? 0 : random.between(0.3, 0.8), { services, visitors });
  const compromised = random.chance(0.5) && parts.looksLike !== null;
  const habits = {
    attackers,
    attackStartMs: windows[0].startMs,
    durationMs,
    // From outside nobody asks the cluster's name server.
    work: attackersOutside ? (['pages'] as const) : (['pages', 'look-ups'] as const),
    stops: parts.looksLike ?? [],
  };
  const joinMs = Array.from({ length: attackers }, (_, index) => (index === 0 ? 0 : random.between(0, JOIN_MS)));

  return {
    parameters: {
      ...day,
      clients,
      attackers,
      attackersOutside,
      compromised,
      waves: windows.length,
      ...parts.parameters,
    },
    durationMs,
    clients,
    visitors,
    services,
    attackers,
    attackersOutside,
    targets: parts.targets ?? 0,
    heavy: parts.heavy ?? false,
    activities: [
      ...backgroundActivities(random, day, { durationMs, clients, visitors }),
      ...(compromised ? compromisedHabits(random, habits) : []),
    ],
    attacks: windows.flatMap((window) =>
      joinMs.map((ms, attacker) => parts.attack({ startMs: window.startMs + ms, endMs: window.endMs }, attacker)),
    ),
  };
}
