import { type Cargo, dnsTunnel } from '../attacks/dns-tunnel.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { drawAttackerZone } from './attacker-zone.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

export const dnsTunnelScenario: Scenario = {
  name: 'dns-tunnel',
  family: 'dns-tunnel',
  summary: 'iodine carries echoes, typing or files over DNS, straight to its server or through a resolver',
  plan(random, { quick }) {
    const { place, zone, parts } = drawAttackerZone(random);
    const recordType = random.pick([null, null, 'NULL', 'TXT', 'CNAME', 'MX', 'SRV', 'PRIVATE', 'A'] as const);
    const raw = place !== 'relayed' && random.chance(0.2);
    const lazy = random.chance(0.8);
    const cargo = drawCargo(random);
    const timing = drawTiming(random, { quick, leastSeconds: 25, mostSeconds: 50, waves: false });
    const seed = random.integer(1, 1_000_000);
    return attackPlan(random, timing, {
      parameters: { place, zone, recordType: recordType ?? 'auto', raw, lazy, cargo: JSON.stringify(cargo) },
      attackers: 1,
      ...parts,
      attack: (window) => dnsTunnel({ attacker: 0, place, zone, recordType, raw, lazy, cargo, seed }, window),
    });
  },
};

function drawCargo(random: Random): Cargo {
  const kind = random.pick(['nothing', 'echoes', 'typing', 'upload', 'upload', 'download'] as const);
  if (kind === 'nothing') return { kind };
  if (kind === 'echoes') {
    return { kind, perSecond: random.logBetween(0.5, 30), bytes: Math.round(random.logBetween(16, 1_000)) };
  }
  const meanPauseMs = Math.round(random.logBetween(200, 3_000));
  if (kind === 'typing') return { kind, meanPauseMs };
  return { kind, meanPauseMs, bytes: Math.round(random.logBetween(2_000, 150_000)) };
}
