import type { Exchange } from '../conversation.ts';
import type { Behaviour } from './behaviour.ts';
import {
  drawClient,
  drawCount,
  drawEphemeral,
  drawExchanges,
  drawRtt,
  drawServer,
  moments,
  talk,
  WEB_PORTS,
} from '../scene.ts';
import { drawTls } from '../tls.ts';

/** Telemetry, updates, mail: asked for regularly, of several hosts, and what comes and goes differs from time to time. */
export const polls: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene);
  const hosts = Array.from({ length: random.integer(2, 8) }, () => drawServer(scene, WEB_PORTS, 0.2));
  const tls = random.chance(0.8) ? drawTls(random) : [];
  for (const server of hosts) {
    const sizes = { up: random.logBetween(200, 3000), down: random.logBetween(200, 9000), waitUs: 2e5, serverUs: 3e4 };
    for (const us of moments(scene, random.logBetween(0.005, 0.4), random.pick([0.3, 0.9, 1])))
      talk(scene, {
        startUs: us,
        client: { ip, port: drawEphemeral(random) },
        server,
        exchanges: [...tls, ...drawExchanges(random, random.integer(1, 3), sizes)],
      });
  }
};

/** Checks and scrapes inside: even in time, and the same each time. */
export const insideChecks: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene, 1);
  for (let target = drawCount(random, 1, 12); target > 0; target--) {
    const server = drawServer(scene, [80, 8080, 9090, 9100, 10_250, 8443, 6379, 5432], 1);
    const exchanges: Exchange[] = [
      {
        waitUs: 300,
        up: random.integer(60, 400),
        serverUs: random.logBetween(300, 1e5),
        down: drawCount(random, 60, 60_000),
      },
    ];
    const tls = random.chance(0.3) ? drawTls(random) : [];
    for (const us of moments(scene, 1 / random.pick([1, 2, 5, 10, 10, 15, 30, 60]), 1))
      talk(scene, {
        startUs: us,
        client: { ip, port: drawEphemeral(random) },
        server,
        exchanges: [...tls, ...exchanges],
        ending: 'client-fin',
      });
  }
};

/** Connections that mostly wait: a push channel, a chat, a poll that the server answers late. */
export const waiting: Behaviour = (scene) => {
  const { random, startUs } = scene;
  const ip = drawClient(scene);
  for (let i = drawCount(random, 1, 8); i > 0; i--) {
    const pushed = random.chance(0.6);
    const exchanges = Array.from({ length: random.integer(1, 12) }, (): Exchange => {
      const silenceUs = random.logBetween(0.5, 50) * 1e6;
      const down = drawCount(random, 2, 2000);
      return pushed
        ? { waitUs: silenceUs, up: random.chance(0.3) ? random.integer(2, 200) : 0, serverUs: 2000, down }
        : { waitUs: 2000, up: random.integer(150, 700), serverUs: silenceUs, down };
    });
    talk(scene, {
      startUs: startUs + random.exponential(1e6),
      client: { ip, port: drawEphemeral(random) },
      server: drawServer(scene, [...WEB_PORTS, 5228, 5222, 1883], 0.3),
      exchanges: [...drawTls(random), ...exchanges],
      ...(random.chance(0.5) && {
        idle: { everyUs: random.between(15, 60) * 1e6, by: random.pick(['client', 'server'] as const) },
      }),
    });
  }
};

/** Somebody far away on a bad line: up or down goes slowly, but it goes, and segments get lost. */
export const slowLine: Behaviour = (scene) => {
  const { random, startUs } = scene;
  const ip = drawClient(scene, 0.2);
  const bytesPerSecond = random.logBetween(1500, 200_000);
  const rttUs = random.logBetween(50_000, 700_000);
  const upload = random.chance(0.5);
  const server = drawServer(scene, WEB_PORTS);
  for (let i = drawCount(random, 1, 6); i > 0 && scene.wire.length < scene.most; i--)
    talk(scene, {
      startUs: startUs + random.exponential(500_000),
      client: { ip, port: drawEphemeral(random) },
      server,
      rttUs,
      exchanges: [
        ...(random.chance(0.5) ? drawTls(random) : []),
        ...drawExchanges(random, random.integer(1, 6), {
          up: upload ? 20_000 : 500,
          down: upload ? 300 : 30_000,
          waitUs: 1e6,
          serverUs: 50_000,
        }),
      ],
      ending: random.pick(['client-fin', 'server-fin', 'open', 'client-rst']),
      loss: random.pick([0, 0.01, 0.05]),
      bytesPerSecond,
      segment: random.pick([1380, 1448, 536]),
    });
};

/** A backup or somebody's photographs go out: more than comes back, but in pieces that are answered. */
export const upload: Behaviour = (scene) => {
  const { random, startUs } = scene;
  const ip = drawClient(scene, 1);
  const server = drawServer(scene, [443, 443, 443, 22, 8443, 80, 21, 445], 0.4);
  const bytes = random.logBetween(5e4, 1.5e6);
  const pieces = drawCount(random, 1, 25);
  const comesBack = random.logBetween(200, bytes / pieces);
  for (let i = random.pick([1, 1, 2, 4]); i > 0 && scene.wire.length < scene.most; i--)
    talk(scene, {
      startUs: startUs + random.exponential(2e6),
      client: { ip, port: drawEphemeral(random) },
      server,
      rttUs: drawRtt(scene),
      exchanges: [
        ...drawTls(random),
        ...drawExchanges(random, pieces, { up: bytes / pieces, down: comesBack, waitUs: 1e5, serverUs: 2e4 }),
      ],
      bytesPerSecond: random.chance(0.5) ? random.logBetween(1e5, 2e7) : null,
    });
};
