import { portScan, type PortScan } from '../attacks/port-scan.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

/** What is worth a look when little may be looked at. */
const TCP_PORTS = [
  21, 22, 23, 25, 80, 110, 135, 139, 143, 443, 445, 1433, 2375, 3306, 3389, 5432, 5900, 6379, 8000,
].concat([8080, 8443, 9000, 9090, 9200, 10250, 11211, 27017]);
const UDP_PORTS = [53, 67, 69, 111, 123, 137, 138, 161, 500, 514, 520, 623, 1194, 1434, 1900, 4500, 5060, 5353, 11211];

export const portScanScenario: Scenario = {
  name: 'port-scan',
  family: 'port-scan',
  summary:
    'nmap by SYN, connect, FIN, NULL, Xmas, UDP or with versions, T2 to T5, 4 to 20,000 ports of one or several hosts',
  plan(random, { quick }) {
    const attackersOutside = random.chance(0.35);
    const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40, waves: false });
    const scan = drawScan(random, (timing.windows[0].endMs - timing.windows[0].startMs) / 1_000, attackersOutside);
    return attackPlan(random, timing, {
      parameters: {
        technique: scan.technique,
        timing: scan.timing,
        ports: scan.ports,
        discovers: scan.discovers,
        packetsPerSecond: scan.packetsPerSecond ?? 0,
        victims: scan.victims.join(' '),
      },
      attackers: 1,
      attackersOutside,
      looksLike: scan.technique === 'udp' ? ['look-ups'] : ['pages'],
      attack: (window) => portScan(scan, window),
    });
  },
};

function drawScan(random: Random, seconds: number, outside: boolean): PortScan {
  const victims = random.pick<PortScan['victims']>([
    ['web'],
    ['web'],
    ['app'],
    ['web', 'app'],
    ['web', 'app', 'dns', 'monitor'],
    // Only the lab's own gateway swallows; outside, nothing leads there.
    outside ? ['monitor'] : ['dark'],
  ]);
  const technique = random.pick([
    'syn',
    'syn',
    'syn',
    'connect',
    'connect',
    'null',
    'fin',
    'xmas',
    'udp',
    'version',
  ] as const);
  const timing = random.pick([2, 3, 4, 4, 5] as const);
  const packetsPerSecond = random.chance(0.5) ? Math.round(random.logBetween(20, 2_000)) : null;
  // Linux answers for one closed UDP port a second, and a talk takes some seconds each.
  const isFew = technique === 'udp' || technique === 'version' || random.chance(0.25);
  const ports = Math.round(random.logBetween(50, 20_000) / victims.length);
  const most = probesWithin(seconds, timing, packetsPerSecond) / victims.length;
  return {
    attacker: 0,
    victims,
    technique,
    timing,
    ports: isFew
      ? fewPorts(random, technique === 'udp' ? UDP_PORTS : TCP_PORTS)
      : portRange(random, Math.max(30, Math.min(ports, Math.floor(most)))),
    packetsPerSecond,
    // nmap leaves a host alone that does not answer its question, so a dark one is not asked.
    discovers: victims[0] !== 'dark' && random.chance(0.25),
  };
}

/** How many probes such a scan gets through in its time; the T2 template sends 2.5 a second. */
function probesWithin(seconds: number, timing: PortScan['timing'], packetsPerSecond: number | null): number {
  return seconds * (timing === 2 ? 2.5 : (packetsPerSecond ?? 1_000));
}

/** `count` ports in a row: the well-known ones, or from anywhere. */
function portRange(random: Random, count: number): string {
  const first = random.chance(0.6) ? 1 : random.integer(1, 65_535 - count);
  return `${first}-${first + count - 1}`;
}

function fewPorts(random: Random, ports: readonly number[]): string {
  const chosen = random.shuffle(ports).slice(0, random.integer(4, Math.min(20, ports.length)));
  return chosen.toSorted((a, b) => a - b).join(',');
}
