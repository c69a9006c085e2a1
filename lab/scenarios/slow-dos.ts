import { slowDos, type SlowDos } from '../attacks/slow-dos.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { API_PATHS, DUMP_PATH, PAGES } from '../servers/web-paths.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

export const slowHeaders = slowScenario('slow-headers', 'headers', 'slowhttptest -H: requests whose headers never end');
export const slowBody = slowScenario('slow-body', 'body', 'slowhttptest -B: uploads that never end');
export const slowRead = slowScenario('slow-read', 'read', 'slowhttptest -X: answers that nobody takes');

/** Servers that are asked for a page, and how. */
const SERVERS = [
  { aim: { victim: 'web', port: 80 }, tls: false },
  { aim: { victim: 'web', port: 80 }, tls: false },
  { aim: { victim: 'web', port: 443 }, tls: true },
  { aim: { victim: 'app', port: 8000 }, tls: false },
] as const;

function slowScenario(name: string, mode: SlowDos['mode'], summary: string): Scenario {
  return {
    name,
    family: 'slow-dos',
    summary,
    plan(random, { quick }) {
      const attackers = random.pick([1, 1, 1, 2, 3]);
      const attackersOutside = random.chance(0.4);
      const server = random.pick(SERVERS);
      const connections = Math.max(5, Math.round(random.logBetween(5, 400) / attackers));
      const shape = {
        mode,
        ...server,
        connections,
        path: drawPath(random, mode, server.aim.victim),
        connectionsPerSecond: Math.max(1, Math.round(connections / random.logBetween(0.5, quick ? 2 : 15))),
        pauseSeconds: quick ? 1 : Math.round(random.logBetween(1, 12)),
        pieceBytes: Math.round(random.logBetween(4, 64)),
        windowBytes: Math.round(random.logBetween(32, 2_048)),
      };
      const timing = drawTiming(random, { quick, leastSeconds: 40, mostSeconds: 60, waves: false });
      return attackPlan(random, timing, {
        parameters: {
          victim: server.aim.victim,
          port: server.aim.port,
          path: shape.path,
          connectionsEach: connections,
          connectionsPerSecond: shape.connectionsPerSecond,
          pauseSeconds: shape.pauseSeconds,
          pieceBytes: shape.pieceBytes,
          ...(mode === 'read' ? { windowBytes: shape.windowBytes } : {}),
        },
        // slowhttptest turns its loop as fast as it can.
        attackers,
        attackersOutside,
        looksLike: ['pages'],
        heavy: attackers > 1,
        attack: (window, attacker) => slowDos({ attacker, ...shape }, window),
      });
    },
  };
}

/** Where the attack holds: an upload must be wanted, and a slow reader asks for what no socket's buffer takes at once. */
function drawPath(random: Random, mode: SlowDos['mode'], victim: 'web' | 'app'): string {
  const paths = {
    headers: { web: PAGES, app: ['/healthz'] },
    body: { web: API_PATHS, app: ['/backup', ...API_PATHS] },
    read: { web: [DUMP_PATH, '/photo.jpg'], app: ['/metrics'] },
  };
  return random.pick(paths[mode][victim]);
}
