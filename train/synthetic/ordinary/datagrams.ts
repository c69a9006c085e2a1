import type { Behaviour } from './behaviour.ts';
import type { Scene } from '../scene.ts';
import { playEcho, playIcmpError, playUdp } from '../packets.ts';
import { drawClient, drawEphemeral, drawRtt, drawServer, drawServerAddress, moments } from '../scene.ts';

/** Look-ups of several machines at one or two resolvers; some fail to be answered. */
export const nameService: Behaviour = (scene) => {
  const { random } = scene;
  const resolvers = [drawServer(scene, [53]), drawServer(scene, [53])].slice(0, random.integer(1, 2));
  const clients = Array.from({ length: random.integer(1, 8) }, () => drawClient(scene));
  const lost = random.pick([0, 0, 0.02, 0.3]);
  for (const us of moments(scene, random.logBetween(0.3, 60), 0)) {
    const ip = random.pick(clients);
    for (let i = random.pick([1, 1, 2, 6]); i > 0; i--) {
      lookUp(scene, us + random.exponential(2_000), ip, random.pick(resolvers), random.chance(lost));
    }
  }
};

/** Datagrams nobody answers: logs, metrics, announcements, media one way; and those that are: time, games, media both ways. */
export const datagrams: Behaviour = (scene) => {
  const { random } = scene;
  const clients = Array.from({ length: random.integer(1, 6) }, () => drawClient(scene));
  const group = {
    ip: random.chance(0.5) ? ((224 << 24) | random.integer(1, 300)) >>> 0 : drawServerAddress(scene),
    port: random.pick([514, 123, 137, 1900, 5353, 8125, 3478, random.integer(1024, 60_000)]),
  };
  const answered = random.pick([0, 0, 0.95]);
  const refused = random.chance(0.15);
  const samePort = random.chance(0.7);
  const fixed = drawEphemeral(random);
  const up = random.logBetween(20, 1200);
  for (const us of moments(scene, random.logBetween(0.1, samePort ? 80 : 8), random.next())) {
    const client = { ip: random.pick(clients), port: samePort ? fixed : drawEphemeral(random) };
    const down = random.chance(answered) ? Math.round(random.logBetween(20, 1200)) : null;
    if (down === null && refused) playIcmpError(scene.wire, { us: us + 100, from: group.ip, to: client.ip });
    playUdp(scene.wire, {
      us,
      client,
      server: group,
      up: Math.round(up * random.between(0.7, 1.3)),
      down,
      rttUs: drawRtt(scene),
    });
  }
};

/** Hosts that announce themselves by control messages nobody answers, a few at a time, as IPv6 neighbours do. */
export const announcements: Behaviour = (scene) => {
  const { random } = scene;
  const group = drawServerAddress(scene);
  const clients = Array.from({ length: random.integer(1, 25) }, () => drawClient(scene));
  const together = random.chance(0.6);
  for (const us of moments(scene, random.logBetween(0.05, 2), random.next())) {
    for (const client of together ? clients : [random.pick(clients)]) {
      const payload = random.integer(8, 60);
      playEcho(scene.wire, {
        us: us + random.exponential(300_000),
        client,
        server: group,
        up: payload,
        down: null,
        rttUs: 0,
      });
    }
  }
};

/** Somebody pings a few hosts, one or two of which are away. */
export const pings: Behaviour = (scene) => {
  const { random } = scene;
  const client = drawClient(scene);
  for (let i = random.integer(1, 4); i > 0; i--) {
    const server = drawServerAddress(scene);
    const answered = random.chance(0.8);
    const payload = random.pick([32, 56, 56, 120, 1400]);
    for (const us of moments(scene, random.pick([0.5, 1, 1, 5]), 1))
      playEcho(scene.wire, { us, client, server, up: payload, down: answered ? payload : null, rttUs: drawRtt(scene) });
  }
};

/** One look-up of a name, answered unless it is lost. */
export function lookUp(scene: Scene, us: number, ip: number, server: { ip: number; port: number }, lost = false): void {
  const { random } = scene;
  const client = { ip, port: drawEphemeral(random) };
  playUdp(scene.wire, {
    us,
    client,
    server,
    up: random.integer(25, 70),
    down: lost ? null : random.integer(40, 400),
    rttUs: drawRtt(scene),
  });
}
