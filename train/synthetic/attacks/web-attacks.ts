import type { Attack } from '../attack.ts';
import type { Exchange } from '../conversation.ts';
import { drawCount, drawRtt, talk, WEB_PORTS } from '../scene.ts';
import { drawTls } from '../tls.ts';
import { drawAttacker, drawClientEnd, drawVictim } from './parties.ts';

interface WebAttackShape {
  readonly requests: readonly [low: number, high: number];
  readonly perSecond: readonly [low: number, high: number];
  /** How much the length of requests varies, bytes: words of a list, or statements that grow. */
  readonly upSpread: readonly [low: number, high: number];
  /** Share of answers that are not the usual one. */
  readonly hits: readonly [low: number, high: number];
  /** Some answers come late on purpose: a database made to sleep. */
  readonly sleeps: boolean;
}

/** Paths or parameters from a list, nearly all of them wrong: the same answer again and again. */
const FUZZ: WebAttackShape = {
  requests: [40, 1500],
  perSecond: [3, 400],
  upSpread: [4, 30],
  hits: [0, 0.08],
  sleeps: false,
};
/** Statements tried in a parameter: requests of many lengths, two or three kinds of answer. */
const INJECTION: WebAttackShape = {
  requests: [10, 200],
  perSecond: [0.4, 40],
  upSpread: [40, 700],
  hits: [0.1, 0.6],
  sleeps: true,
};

function probeWeb(shape: WebAttackShape): Attack['play'] {
  return (scene) => {
    const { random, startUs } = scene;
    const server = { ip: drawVictim(scene), port: random.pick(WEB_PORTS) };
    const ip = drawAttacker(scene);
    const [fewest, most] = shape.requests;
    const requests = drawCount(random, fewest, random.chance(0.5) ? most : 4 * fewest);
    const perSecond = random.logBetween(...shape.perSecond);
    const connections = Math.min(requests, drawCount(random, 1, 40));
    const perConnection = random.chance(0.35) ? 1 : random.chance(0.5) ? 100 : Infinity;
    const up = random.integer(70, 450);
    const upSpread = drawCount(random, ...shape.upSpread);
    const down = drawCount(random, 120, 9000);
    const downSpread = random.pick([0, 0, 2, upSpread]);
    const hits = random.between(...shape.hits);
    const serverUs = random.logBetween(100, 50_000);
    const sleepUs = shape.sleeps && random.chance(0.3) ? random.between(1, 6) * 1e6 : null;
    const waitUs = Math.max(1, (connections * 1e6) / perSecond - serverUs);
    const tls = server.port === 443 || random.chance(0.1) ? drawTls(random) : [];
    const rttUs = drawRtt(scene);

    const request = (): Exchange => {
      const hit = random.chance(hits);
      return {
        waitUs: random.exponential(waitUs),
        up: up + random.integer(0, upSpread),
        serverUs: hit && sleepUs !== null ? sleepUs : random.exponential(serverUs),
        down: hit ? Math.round(down * random.logBetween(0.3, 8)) : down + random.integer(0, downSpread),
      };
    };
    for (let worker = 0; worker < connections; worker++) {
      let us = startUs + random.exponential(50_000);
      for (let left = Math.ceil(requests / connections); left > 0 && scene.wire.length < scene.most;) {
        const now = Math.min(left, perConnection);
        left -= now;
        us = talk(scene, {
          startUs: us + (perConnection === 1 ? random.exponential(waitUs) : 0),
          client: drawClientEnd(scene, ip),
          server,
          rttUs,
          exchanges: [...tls, ...Array.from({ length: now }, request)],
          ending: random.pick(['client-fin', 'server-fin', 'client-fin', 'client-rst']),
        });
      }
    }
    return { attackers: [ip], victims: [server.ip], port: server.port, protocol: 6 };
  };
}

export const WEB_ATTACKS: readonly Attack[] = [
  { kind: 'web-fuzz', family: 'web-attack', play: probeWeb(FUZZ) },
  { kind: 'sql-injection', family: 'web-attack', play: probeWeb(INJECTION) },
];
