import { beacon } from '../attacks/beacon.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';

/** Enough to see a beat by: more than the ten within which an alert is wanted. */
const PERIODS = 13;
const QUICK_PERIOD_MS = 300;

export const beaconScenario: Scenario = {
  name: 'beacon',
  family: 'beacon',
  summary: 'a small request to a machine on the internet every 3 to 45 s, with 0 to 50 % jitter, thirteen times',
  plan(random, { quick }) {
    const drawnMs = Math.round(random.logBetween(3_000, 45_000));
    const periodMs = quick ? QUICK_PERIOD_MS : drawnMs;
    const settings = {
      periodMs,
      port: random.pick([443, 443, 80] as const),
      jitter: random.pick([0, random.between(0, 0.5)]),
      connection: random.pick(['curl', 'fresh', 'kept'] as const),
      bodyBytes: random.chance(0.4) ? 0 : Math.round(random.logBetween(20, 2_000)),
      seed: random.integer(1, 1_000_000),
    };
    const startMs = quick ? 3_000 : random.integer(5_000, 15_000);
    const endMs = startMs + PERIODS * periodMs;
    const timing = {
      durationMs: endMs + (quick ? 3_000 : random.integer(5_000, 9_000)),
      windows: [{ startMs, endMs }],
    };
    const { seed: _seed, ...parameters } = settings;
    return attackPlan(random, timing, {
      parameters,
      attackers: 1,
      services: ['remote'],
      looksLike: [],
      attack: (window) => beacon({ attacker: 0, ...settings }, window),
    });
  },
};
