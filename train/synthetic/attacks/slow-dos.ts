import type { Attack } from '../attack.ts';
import type { Ending, Exchange } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import { playProbe } from '../packets.ts';
import { drawCount, drawRtt, talk, WEB_PORTS } from '../scene.ts';
import { drawTls } from '../tls.ts';
import { SYN } from '../wire.ts';
import { drawAttacker, drawClientEnd, drawVictim } from './parties.ts';

/** What one connection says slowly: how it opens, one beat of it, and what beats there are between beats. */
interface SlowShape {
  readonly open: (scene: Scene) => { up: number; down: number };
  readonly beat: (scene: Scene) => { up: number; down: number };
  /** The server asks again and again whether there is room for more. */
  readonly windowProbes: boolean;
}

const SHAPES = {
  'slow-headers': {
    open: ({ random }) => ({ up: random.integer(20, 400), down: 0 }),
    beat: ({ random }) => ({ up: random.integer(2, 60), down: 0 }),
    windowProbes: false,
  },
  'slow-body': {
    open: ({ random }) => ({ up: random.integer(120, 600), down: random.pick([0, 0, 25]) }),
    beat: ({ random }) => ({ up: random.integer(1, 70), down: 0 }),
    windowProbes: false,
  },
  'slow-read': {
    open: ({ random }) => ({ up: random.integer(60, 500), down: random.integer(1, 1500) }),
    beat: ({ random }) => ({ up: 0, down: random.pick([0, random.integer(1, 600)]) }),
    windowProbes: true,
  },
} as const satisfies Record<string, SlowShape>;

/** A few to hundreds of connections held open by saying next to nothing, or by reading next to nothing. */
function slow(shape: SlowShape): Attack['play'] {
  return (scene) => {
    const { random, startUs } = scene;
    const server = { ip: drawVictim(scene), port: random.pick(WEB_PORTS) };
    const attackers = Array.from({ length: random.pick([1, 1, 1, 2, 6]) }, () => drawAttacker(scene));
    const connections = drawCount(random, 3, random.pick([15, 80, 400]));
    const everyUs = random.logBetween(1, 30) * 1e6;
    const beats = Math.min(drawCount(random, 2, 60), Math.max(2, Math.floor(scene.most / connections / 3)));
    // Some never get round to their next line: half a request, and then silence.
    const silent = random.chance(0.15);
    const serverWaitsUs = random.chance(0.5) ? Infinity : random.between(5, 60) * 1e6;
    const ending: Ending = random.pick(['server-fin', 'server-fin', 'server-rst']);
    const told = random.pick([0, 0, 180, 450]);
    const tls = random.chance(0.2) ? drawTls(random) : [];
    const capacity = random.chance(0.2) ? connections * random.between(0.3, 1) : Infinity;
    const reopens = random.chance(0.4);
    const fewUs = everyUs * random.between(0.5, 6);
    const opensEachUs = 1e6 / random.logBetween(1, 200);
    const probeUs = Math.max(random.logBetween(0.3, 10) * 1e6, (connections * beats * everyUs * 3) / scene.most);
    const idle = shape.windowProbes ? { everyUs: probeUs, by: 'server' as const } : null;
    const rttUs = drawRtt(scene);

    for (let i = 0; i < connections && scene.wire.length < scene.most; i++) {
      const ip = attackers[i % attackers.length];
      const beginUs = startUs + i * opensEachUs * random.between(0.9, 1.1);
      if (i >= capacity) {
        const probe = { us: beginUs, client: drawClientEnd(scene, ip), server, rttUs, flags: SYN };
        playProbe(scene.wire, random, { ...probe, answer: 'silence', retries: 3 });
        continue;
      }
      const untilUs = beginUs + (silent ? fewUs : everyUs * beats);
      for (let us = beginUs; us < untilUs && scene.wire.length < scene.most;) {
        const leftUs = Math.min(serverWaitsUs * random.between(0.95, 1.05), untilUs - us);
        const timedOut = leftUs < untilUs - us;
        const exchanges: Exchange[] = [...tls, exchange(0, shape.open(scene))];
        const saysMoreUs = silent ? 0 : leftUs;
        for (let at = everyUs; at < saysMoreUs; at += everyUs)
          exchanges.push(exchange(everyUs * random.between(0.97, 1.03), shape.beat(scene)));
        const rest = leftUs - everyUs * (exchanges.length - 1 - tls.length);
        exchanges.push(exchange(rest, { up: 0, down: timedOut ? told : 0 }));
        us = talk(scene, {
          startUs: us,
          client: drawClientEnd(scene, ip),
          server,
          exchanges,
          rttUs,
          ...(idle && { idle }),
          ending: timedOut
            ? ending
            : random.pick<Ending>(silent ? ['client-fin', 'client-rst'] : ['open', 'open', 'client-fin', 'client-rst']),
        });
        if (!timedOut || !reopens) break;
      }
    }
    return { attackers, victims: [server.ip], port: server.port, protocol: 6 };
  };
}

export const SLOW_ATTACKS: readonly Attack[] = (['slow-headers', 'slow-body', 'slow-read'] as const).map((kind) => ({
  kind,
  family: 'slow-dos',
  play: slow(SHAPES[kind]),
}));

function exchange(waitUs: number, { up, down }: { up: number; down: number }): Exchange {
  return { waitUs, up, serverUs: 500, down };
}
