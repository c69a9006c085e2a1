import { portScan, type PortScan } from '../attacks/port-scan.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { compromisedHabits } from '../traffic/compromised.ts';

export const portScanScenario: Scenario = {
  name: 'port-scan',
  family: 'port-scan',
  summary: 'nmap -sS and -sT, T2 to T5, from 30 to 20,000 ports of one or several hosts',
  plan(random, { quick }) {
    const clients = random.integer(3, 6);
    const durationMs = quick ? 10_000 : random.integer(28, 40) * 1_000;
    const startMs = quick ? 3_000 : random.integer(6_000, 10_000);
    const endMs = durationMs - (quick ? 3_000 : 4_000);
    const scan = drawScan(random, (endMs - startMs) / 1_000);
    const compromised = random.chance(0.5);

    const day = drawBackground(random, random.between(0.3, 0.8));
    const habits = { attackers: 1, attackStartMs: startMs, durationMs };
    return {
      parameters: {
        ...day,
        technique: scan.technique,
        timing: scan.timing,
        ports: scan.ports,
        discovers: scan.discovers,
        packetsPerSecond: scan.packetsPerSecond ?? 0,
        victims: scan.victims.join(' '),
        compromised,
      },
      durationMs,
      clients,
      attackers: 1,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients }),
        ...(compromised ? compromisedHabits(random, habits) : []),
      ],
      attacks: [portScan(scan, { startMs, endMs })],
    };
  },
};

function drawScan(random: Random, seconds: number): PortScan {
  const victims = random.pick([
    ['web'],
    ['web'],
    ['app'],
    ['web', 'app'],
    ['web', 'app', 'dns', 'monitor'],
    ['dark'],
  ] as const);
  const timing = random.pick([2, 3, 4, 4, 5] as const);
  const packetsPerSecond = random.chance(0.5) ? Math.round(random.logBetween(20, 2_000)) : null;
  const ports = Math.round(random.logBetween(50, 20_000) / victims.length);
  const most = probesWithin(seconds, timing, packetsPerSecond) / victims.length;
  return {
    attacker: 0,
    victims,
    technique: random.pick(['syn', 'syn', 'connect']),
    timing,
    ports: portRange(random, Math.max(30, Math.min(ports, Math.floor(most)))),
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
