import type { Random } from '../../random.ts';
import type { Exchange, TcpConversation } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import type { Behaviour } from './behaviour.ts';
import type { StreamShape } from './stream-shapes.ts';
import { spoken } from '../logins.ts';
import { drawClient, drawCount, drawEphemeral, drawServer, talk } from '../scene.ts';
import { drawTls, TLS_RECORD } from '../tls.ts';
import { lookUp } from './datagrams.ts';
import { STREAM_SHAPES } from './stream-shapes.ts';

/** One or a few conversations of one protocol, as somebody sees them who tries it out with tcpdump running. */
export const oneProtocol: Behaviour = (scene) => converse(scene, scene.random.pick(STREAM_SHAPES));

/** The conversations of one client (seldom a few) with one service. */
export function converse(scene: Scene, shape: StreamShape): void {
  const { random, startUs, endUs } = scene;
  const server = drawServer(scene, shape.ports, 1 - shape.outside);
  const clients = Array.from({ length: random.pick([1, 1, 1, 1, 2, 5]) }, () => drawClient(scene));
  const atOnce = drawCount(random, ...shape.connections);
  const rounds = random.pick([1, 1, 1, 2, 5]);
  // Everything that this server and its clients are wont to do.
  const habit = drawHabit(random, shape);
  for (let round = 0; round < rounds && scene.wire.length < scene.most; round++) {
    const beginUs = round === 0 ? startUs + random.exponential(200_000) : random.between(startUs, endUs);
    for (const ip of clients) {
      if (random.chance(0.3)) lookUp(scene, beginUs - 30_000, ip, drawServer(scene, [53]));
      for (let i = 0; i < atOnce && scene.wire.length < scene.most; i++)
        talk(scene, {
          startUs: beginUs + i * random.exponential(20_000),
          client: { ip, port: drawEphemeral(random) },
          server,
          ...conversationOf(random, shape, habit),
        });
    }
  }
}

interface Habit {
  readonly tls: readonly Exchange[];
  readonly up: number;
  readonly down: number;
  readonly waitUs: number;
  readonly serverUs: number;
  readonly most: number;
  readonly handshake: boolean;
  readonly ending: TcpConversation['ending'];
  readonly idle: TcpConversation['idle'] | null;
}

function drawHabit(random: Random, shape: StreamShape): Habit {
  return {
    tls: random.chance(shape.tls) ? drawTls(random) : [],
    up: drawSize(random, shape.up),
    down: drawSize(random, shape.down),
    waitUs: random.logBetween(...shape.waitMs) * 1000,
    serverUs: random.logBetween(...shape.serverMs) * 1000,
    most: drawCount(random, ...shape.exchanges),
    handshake: random.chance(0.88),
    ending: random.pick(['client-fin', 'client-fin', 'server-fin', 'server-fin', 'client-rst', 'server-rst', 'open']),
    idle: random.chance(0.2)
      ? { everyUs: random.between(5, 75) * 1e6, by: random.pick(['client', 'server'] as const) }
      : null,
  };
}

function conversationOf(random: Random, shape: StreamShape, habit: Habit) {
  const record = habit.tls.length > 0 ? TLS_RECORD : 0;
  const [leastUp, mostUp] = shape.up;
  const [leastDown, mostDown] = shape.down;
  // Some say the same each time, most do not.
  const spread = random.pick([1.05, 2, 4]);
  const body = Array.from({ length: drawCount(random, 1, habit.most) }, (): Exchange => {
    const up = habit.up === 0 ? 0 : around(random, habit.up, spread, leastUp, mostUp) + record;
    const down = habit.down === 0 ? 0 : around(random, habit.down, spread, leastDown, mostDown) + record;
    return { waitUs: random.exponential(habit.waitUs), up, serverUs: random.exponential(habit.serverUs), down };
  });
  return {
    handshake: habit.handshake,
    exchanges: [
      ...habit.tls,
      ...(habit.handshake ? spoken(random, shape.opening) : []),
      ...body,
      ...(habit.ending === 'client-fin' ? spoken(random, shape.closing) : []),
    ],
    ending: habit.ending,
    ...(habit.idle && { idle: habit.idle }),
  };
}

/** A size in the range; where the range begins with 0, nothing at all as often as something. */
function drawSize(random: Random, [low, high]: readonly [number, number]): number {
  if (high === 0 || (low === 0 && random.chance(0.4))) return 0;
  return random.logBetween(Math.max(1, low), high);
}

function around(random: Random, size: number, spread: number, low: number, high: number): number {
  const drawn = size * random.logBetween(1 / spread, spread);
  return Math.round(Math.min(high, Math.max(low, drawn, 1)));
}
