import type { Scene } from '../scene.ts';
import type { Behaviour } from './behaviour.ts';
import type { DatagramShape } from './datagram-shapes.ts';
import { playUdp } from '../packets.ts';
import { drawClient, drawCount, drawEphemeral, drawRtt, drawServer } from '../scene.ts';
import { DATAGRAM_SHAPES } from './datagram-shapes.ts';

/** One or a few machines that use one protocol over UDP. */
export const oneDatagramProtocol: Behaviour = (scene) => {
  const { random } = scene;
  const shape = random.pick(DATAGRAM_SHAPES);
  const clients = Array.from({ length: random.pick([1, 1, 1, 2, 4]) }, () => drawClient(scene));
  for (const ip of clients) exchangeDatagrams(scene, shape, ip);
};

function exchangeDatagrams(scene: Scene, shape: DatagramShape, ip: number): void {
  const { random, startUs, untilUs } = scene;
  const server =
    shape.group === null
      ? drawServer(scene, shape.ports, 1 - shape.outside)
      : { ip: shape.group, port: random.pick(shape.ports) };
  const waitUs = random.logBetween(Math.max(0.1, shape.waitMs[0]), Math.max(0.2, shape.waitMs[1])) * 1000;
  const up = random.logBetween(...shape.up);
  const down = shape.down && random.logBetween(...shape.down);
  const spread = random.pick([1, 1.3, 3]);
  const lost = random.pick([0, 0, 0, 0.03]);
  const even = random.chance(0.4);
  const rttUs = drawRtt(scene);
  const size = (usual: number, [low, high]: readonly [number, number]) =>
    Math.round(Math.min(high, Math.max(low, usual * random.logBetween(1 / spread, spread))));

  let us = startUs + random.exponential(300_000);
  for (let socket = drawCount(random, ...shape.sockets); socket > 0; socket--) {
    const client = { ip, port: shape.samePort ? server.port : drawEphemeral(random) };
    for (let left = drawCount(random, ...shape.count); left > 0; left--) {
      if (us > untilUs || scene.wire.length >= scene.most) return;
      const answer = shape.down === null || down === null || random.chance(lost) ? null : size(down, shape.down);
      playUdp(scene.wire, {
        us,
        client,
        server,
        up: size(up, shape.up),
        down: answer,
        rttUs: rttUs * random.between(0.9, 1.5),
      });
      us += even ? waitUs * random.between(0.95, 1.05) : random.exponential(waitUs);
    }
    us += random.exponential(random.pick([5000, 500_000, 5e6]));
  }
}
