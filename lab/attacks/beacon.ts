import { createRandom } from '../random.ts';
import type { Attack, TimeWindow } from '../scenario.ts';
import { nodeClient } from '../traffic/node-client.ts';
import { everyAbout } from '../traffic/repeat.ts';
import { CURL } from '../traffic/web-client.ts';
import { towards } from './footprint.ts';

/** A taken-over machine that asks its master for orders, again and again. */
export interface Beacon {
  readonly attacker: number;
  readonly port: 80 | 443;
  readonly periodMs: number;
  /** Share of the period by which each beat may stray, 0 to 1. */
  readonly jitter: number;
  /** curl: a process and a connection each time. fresh: one program, a connection each time. kept: one connection. */
  readonly connection: 'curl' | 'fresh' | 'kept';
  /** What is reported each time; 0: a bare question. */
  readonly bodyBytes: number;
  readonly seed: number;
}

/** The attack, until its window is over. */
export function beacon(settings: Beacon, window: TimeWindow): Attack {
  const play = settings.connection === 'curl' ? curlBeacon(settings) : programBeacon(settings);
  return {
    ...window,
    family: 'beacon',
    play,
    footprint: towards(settings.attacker, { victim: 'remote', port: settings.port }),
  };
}

function curlBeacon(settings: Beacon): Attack['play'] {
  const random = createRandom(settings.seed);
  return everyAbout(random, settings.periodMs, settings.jitter, (lab, signal) => {
    const body = settings.bodyBytes === 0 ? [] : ['-d', 'x'.repeat(settings.bodyBytes)];
    const argv = [...CURL, ...body, urlOf(settings, lab.hosts.remote.ip)];
    return lab.run(lab.hosts.attackers[settings.attacker], argv, signal);
  });
}

function programBeacon(settings: Beacon): Attack['play'] {
  const { periodMs, jitter, bodyBytes } = settings;
  return nodeClient(
    (hosts) => hosts.attackers[settings.attacker],
    'http',
    ({ hosts }) => ({
      seed: settings.seed,
      calls: [
        {
          url: urlOf(settings, hosts.remote.ip),
          periodMs,
          jitter,
          bodyBytes,
          connections: 1,
          keepAlive: settings.connection === 'kept',
          fromMs: 0,
          spreadMs: 0,
          untilMs: Number.MAX_SAFE_INTEGER,
        },
      ],
    }),
  );
}

function urlOf(settings: Beacon, ip: string): string {
  return settings.port === 443 ? `https://${ip}/ok` : `http://${ip}/ok`;
}
