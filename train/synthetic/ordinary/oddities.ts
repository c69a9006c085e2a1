import type { Behaviour } from './behaviour.ts';
import type { Wire } from '../conversation.ts';
import { browsing, connectionPool, serviceCalls } from './connections.ts';
import { playProbe, playUdp } from '../packets.ts';
import {
  drawAddress,
  drawClient,
  drawEphemeral,
  drawExchanges,
  drawRtt,
  drawServer,
  drawServerAddress,
  moments,
  SERVICE_PORTS,
  talk,
} from '../scene.ts';
import { SYN } from '../wire.ts';

/** Health probes and scrapes: regular, several targets, some only connect and close, some targets are down. */
export const probes: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene);
  const host = drawServerAddress(scene);
  for (let target = random.integer(1, 20); target > 0; target--) {
    const server = random.chance(0.3)
      ? { ip: host, port: random.integer(1024, 32_000) }
      : drawServer(scene, SERVICE_PORTS);
    const onlyConnects = random.chance(0.3);
    const isDown = random.chance(0.08);
    for (const us of moments(scene, random.logBetween(0.1, 1), 1)) {
      const client = { ip, port: drawEphemeral(random) };
      if (isDown)
        playProbe(scene.wire, random, {
          us,
          client,
          server,
          rttUs: drawRtt(scene),
          flags: SYN,
          answer: 'refused',
          retries: 0,
        });
      else
        talk(scene, {
          startUs: us,
          client,
          server,
          exchanges: onlyConnects ? [] : drawExchanges(random, 1, { up: 120, down: 3000, waitUs: 0, serverUs: 3000 }),
        });
    }
  }
};

/** A client whose backend is down, with back-off or without: the same port again and again, at a person's or a loop's pace. */
export const retries: Behaviour = (scene) => {
  const { random } = scene;
  const server = drawServer(scene, SERVICE_PORTS);
  const clients = Array.from({ length: random.integer(1, 10) }, () => drawClient(scene));
  const answer = random.pick(['refused', 'refused', 'silence'] as const);
  for (const us of moments(scene, random.logBetween(0.2, 25), random.next())) {
    const client = { ip: random.pick(clients), port: drawEphemeral(random) };
    playProbe(scene.wire, random, {
      us,
      client,
      server,
      rttUs: drawRtt(scene),
      flags: SYN,
      answer,
      retries: random.integer(1, 4),
    });
  }
};

/** A peer-to-peer node: many peers on many ports, a part of which never answers. */
export const peerToPeer: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene);
  const usual = random.integer(1024, 60_000);
  const silent = random.between(0, 0.6);
  const udp = random.chance(0.4);
  for (const us of moments(scene, random.logBetween(0.2, 10), 0)) {
    const server = {
      ip: scene.onlyServer ?? drawAddress(random),
      port: random.chance(0.6) ? usual : random.integer(1024, 65_000),
    };
    const client = { ip, port: udp ? usual : drawEphemeral(random) };
    if (udp)
      playUdp(scene.wire, {
        us,
        client,
        server,
        up: random.integer(20, 400),
        down: random.chance(silent) ? null : 300,
        rttUs: drawRtt(scene),
      });
    else if (random.chance(silent))
      playProbe(scene.wire, random, {
        us,
        client,
        server,
        rttUs: drawRtt(scene),
        flags: SYN,
        answer: random.pick(['silence', 'silence', 'refused']),
        retries: 3,
      });
    else
      talk(scene, {
        startUs: us,
        client,
        server,
        exchanges: drawExchanges(random, random.integer(1, 30), { up: 200, down: 500, waitUs: 1e6, serverUs: 1e4 }),
      });
  }
};

/** One side only: a mirror port that shows half, or a capture filter. Connections look unanswered, yet carry data. */
export const halfSeen: Behaviour = (scene) => {
  const { random } = scene;
  const whole: Wire = [];
  random.pick([browsing, serviceCalls, connectionPool])({
    ...scene,
    wire: whole,
    most: scene.most - scene.wire.length,
  });
  const clientsShow = random.chance(0.5);
  for (const packet of whole) if (packet.srcPort >= 32_768 === clientsShow) scene.wire.push(packet);
};
