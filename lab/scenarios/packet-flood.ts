import { packetFlood, type PacketFlood } from '../attacks/packet-flood.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { compromisedHabits } from '../traffic/compromised.ts';
import { drawWindow } from './attack-window.ts';

export const synFlood = packetFloodScenario('syn-flood', 'hping3 --syn with own, one invented or random sources');
export const udpFlood = packetFloodScenario('udp-flood', 'hping3 --udp at open and closed ports');
export const icmpFlood = packetFloodScenario('icmp-flood', 'hping3 --icmp echo requests');

/** What is aimed at; the last of each list has nobody listening. */
const AIMS = {
  'syn-flood': [
    { victim: 'web', port: 80 },
    { victim: 'web', port: 443 },
    { victim: 'web', port: 8080 },
    { victim: 'app', port: 8000 },
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
  ],
} as const satisfies Record<PacketFlood['family'], readonly Pick<PacketFlood, 'victim' | 'port'>[]>;

function packetFloodScenario(family: PacketFlood['family'], summary: string): Scenario {
  return {
    name: family,
    family,
    summary,
    plan(random, { quick }) {
      const clients = random.integer(3, 6);
      const source = drawSource(random);
      const attackers = source === 'random' ? 1 : random.pick([1, 1, 2, 3]);
      const packetsPerSecond = Math.round(random.logBetween(200, 4_000) / attackers);
      const aim = random.pick<Pick<PacketFlood, 'victim' | 'port'>>(AIMS[family]);
      const payloadBytes = family === 'syn-flood' ? 0 : random.pick([0, 16, 56, 512, 1_200]);
      const compromised = source === 'own' && random.chance(0.5);
      const { durationMs, windows } = drawWindow(random, { quick, mostSeconds: 8 });

      const day = drawBackground(random, random.between(0.3, 0.8));
      const habits = { attackers, attackStartMs: windows[0].startMs, durationMs };
      const sources = Array.from({ length: attackers }, () => (source === 'invented' ? drawForeign(random) : source));
      return {
        parameters: {
          ...day,
          attackers,
          source,
          packetsPerSecondEach: packetsPerSecond,
          victim: aim.victim,
          port: aim.port ?? 0,
          payloadBytes,
          compromised,
          waves: windows.length,
        },
        durationMs,
        clients,
        attackers,
        activities: [
          ...backgroundActivities(random, day, { durationMs, clients }),
          ...(compromised ? compromisedHabits(random, habits) : []),
        ],
        attacks: windows.flatMap((window) =>
          sources.map((from, attacker) =>
            packetFlood({ family, attacker, ...aim, source: from, packetsPerSecond, payloadBytes }, window),
          ),
        ),
      };
    },
  };
}

function drawSource(random: Random): 'own' | 'random' | 'invented' {
  return random.pick(['own', 'random', 'random', 'invented']);
}

/** An address of RFC 2544's test network: its answers end at the lab's gateway. */
function drawForeign(random: Random): { address: string } {
  return { address: `198.19.${random.integer(0, 255)}.${random.integer(1, 254)}` };
}
