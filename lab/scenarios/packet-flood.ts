import { SERVICES } from '../addresses.ts';
import type { Aim } from '../attacks/footprint.ts';
import { packetFlood, type PacketFlood } from '../attacks/packet-flood.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawFloodSeconds, drawTiming } from './attack-window.ts';

export const synFlood = packetFloodScenario('syn-flood', 'hping3 --syn with own, one invented or random sources');
export const udpFlood = packetFloodScenario('udp-flood', 'hping3 --udp at open and closed ports');
export const icmpFlood = packetFloodScenario('icmp-flood', 'hping3 --icmp echo requests');

type FloodAim = Pick<PacketFlood, 'victim' | 'port'>;

/** What is aimed at; the last of each list has nobody listening. */
const AIMS: Readonly<Record<PacketFlood['family'], readonly FloodAim[]>> = {
  'syn-flood': [
    { victim: 'web', port: 80 },
    { victim: 'web', port: 443 },
    { victim: 'web', port: 8080 },
    { victim: 'app', port: 8000 },
    { victim: 'bastion', port: 22 },
    { victim: 'cache', port: 6379 },
    { victim: 'web', port: 22 },
  ],
  'udp-flood': [
    { victim: 'dns', port: 53 },
    { victim: 'web', port: 443 },
    { victim: 'app', port: 5060 },
  ],
  'icmp-flood': [
    { victim: 'web', port: null },
    { victim: 'app', port: null },
    { victim: 'dns', port: null },
  ],
};
/** Packets of one run. */
const MOST_PACKETS = 30_000;
/** The relay to the outside is one Node program. */
const MOST_OUTSIDE_PER_SECOND = 1_000;

function packetFloodScenario(family: PacketFlood['family'], summary: string): Scenario {
  return {
    name: family,
    family,
    summary,
    plan(random, { quick }) {
      const source = random.pick(['own', 'random', 'random', 'invented'] as const);
      const attackersOutside = random.chance(0.35);
      const attackers = source === 'random' ? 1 : random.pick([1, 1, 2, 3]);
      const perSecond = random.logBetween(60, attackersOutside ? MOST_OUTSIDE_PER_SECOND : 4_000);
      const packetsPerSecond = Math.round(perSecond / attackers);
      const aim = random.pick(AIMS[family]);
      const payloadBytes = family === 'syn-flood' ? 0 : random.pick([0, 16, 56, 512, 1_200]);
      const timing = drawTiming(random, { quick, ...drawFloodSeconds(random, { perSecond, budget: MOST_PACKETS }) });
      const sources = Array.from({ length: attackers }, () => (source === 'invented' ? drawForeign(random) : source));
      return attackPlan(random, timing, {
        parameters: {
          source,
          packetsPerSecondEach: packetsPerSecond,
          victim: aim.victim,
          port: aim.port ?? 0,
          payloadBytes,
        },
        attackers,
        attackersOutside,
        heavy: perSecond > 1_500,
        services: SERVICES.filter((service) => service === aim.victim),
        looksLike: source === 'own' ? workLike(aim) : null,
        attack: (window, attacker) =>
          packetFlood({ family, attacker, ...aim, source: sources[attacker], packetsPerSecond, payloadBytes }, window),
      });
    },
  };
}

function workLike({ victim, port }: FloodAim): ('pages' | 'look-ups')[] {
  if (victim === 'dns' && port === 53) return ['look-ups'];
  return victim === ('web' satisfies Aim['victim']) ? ['pages'] : [];
}

/** An address of RFC 2544's test network: its answers end at the lab's gateway. */
function drawForeign(random: Random): { address: string } {
  return { address: `198.19.${random.integer(0, 255)}.${random.integer(1, 254)}` };
}
