import type { Behaviour } from './behaviour.ts';
import { playProbe } from '../packets.ts';
import {
  drawAddress,
  drawClient,
  drawCount,
  drawEphemeral,
  drawExchanges,
  drawRtt,
  drawServer,
  moments,
  SERVICE_PORTS,
  talk,
  WEB_PORTS,
} from '../scene.ts';
import { drawTls } from '../tls.ts';
import { SYN } from '../wire.ts';

/** A test of a service's speed that stays below 30 requests/s, or a job that asks as often. */
export const loadTest: Behaviour = (scene) => {
  const { random, startUs, endUs } = scene;
  const server = drawServer(scene, WEB_PORTS);
  const ip = drawClient(scene);
  const sizes = {
    up: random.logBetween(80, 600),
    down: random.logBetween(150, 9000),
    serverUs: random.logBetween(300, 5e4),
  };
  const kept = random.chance(0.6);
  const perSecond = random.logBetween(3, 28);
  if (!kept) {
    for (const us of moments(scene, perSecond, random.next()))
      talk(scene, {
        startUs: us,
        client: { ip, port: drawEphemeral(random) },
        server,
        exchanges: drawExchanges(random, 1, { ...sizes, waitUs: 0 }),
      });
    return;
  }
  const connections = drawCount(random, 1, 10);
  const waitUs = (connections * 1e6) / perSecond;
  const each = Math.min(200, Math.max(1, (endUs - startUs) / waitUs));
  for (let i = 0; i < connections && scene.wire.length < scene.most; i++)
    talk(scene, {
      startUs: startUs + random.exponential(50_000),
      client: { ip, port: drawEphemeral(random) },
      server,
      exchanges: drawExchanges(random, each, { ...sizes, waitUs }),
    });
};

/** A crawler reads a site: many different pages, a pause after each. */
export const crawler: Behaviour = (scene) => {
  const { random, startUs, endUs } = scene;
  const ip = drawClient(scene, 0.4);
  const waitUs = random.logBetween(0.15, 10) * 1e6;
  const tls = random.chance(0.6) ? drawTls(random) : [];
  for (let site = random.integer(1, 4); site > 0; site--) {
    const each = Math.min(120, Math.max(2, (endUs - startUs) / waitUs));
    talk(scene, {
      startUs: startUs + random.exponential(1e6),
      client: { ip, port: drawEphemeral(random) },
      server: drawServer(scene, WEB_PORTS),
      exchanges: [
        ...tls,
        ...drawExchanges(random, each, { up: 300, down: random.logBetween(2000, 40_000), waitUs, serverUs: 20_000 }),
      ],
    });
  }
};

/** Many people behind one address: everybody's connections, to many places. */
export const manyBehindOne: Behaviour = (scene) => {
  const { random } = scene;
  const ip = scene.onlyClient ?? drawAddress(random, 0.3);
  const servers = Array.from({ length: drawCount(random, 4, 80) }, () =>
    drawServer(scene, [...WEB_PORTS, ...SERVICE_PORTS], 0.2),
  );
  for (const us of moments(scene, random.logBetween(1, 25), 0))
    talk(scene, {
      startUs: us,
      client: { ip, port: random.integer(1024, 65_535) },
      server: random.pick(servers),
      exchanges: drawExchanges(random, drawCount(random, 1, 15), { up: 400, down: 4000, waitUs: 3e5, serverUs: 2e4 }),
    });
};

/** A backend is gone: each try waits longer than the one before, and in the end it is back. */
export const backOff: Behaviour = (scene) => {
  const { random, startUs, untilUs } = scene;
  const server = drawServer(scene, SERVICE_PORTS);
  const answer = random.pick(['refused', 'refused', 'silence'] as const);
  for (let clients = drawCount(random, 1, 6); clients > 0; clients--) {
    const ip = drawClient(scene);
    let waitUs = random.logBetween(0.02, 1) * 1e6;
    let us = startUs + random.exponential(500_000);
    for (let tries = random.integer(2, 12); tries > 0 && us < untilUs; tries--, us += waitUs, waitUs *= 2)
      playProbe(scene.wire, random, {
        us,
        client: { ip, port: drawEphemeral(random) },
        server,
        rttUs: drawRtt(scene),
        flags: SYN,
        answer,
        retries: 2,
      });
    if (random.chance(0.5))
      talk(scene, {
        startUs: us,
        client: { ip, port: drawEphemeral(random) },
        server,
        exchanges: drawExchanges(random, 8, { up: 200, down: 900, waitUs: 2e5, serverUs: 5000 }),
      });
  }
};
