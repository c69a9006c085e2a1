import type { Behaviour } from './behaviour.ts';
import { lookUp } from './datagrams.ts';
import {
  drawClient,
  drawEphemeral,
  drawExchanges,
  drawServer,
  drawServerAddress,
  moments,
  SERVICE_PORTS,
  talk,
  WEB_PORTS,
} from '../scene.ts';

/** A person or an app on one machine: short bursts of connections to several servers, look-ups before them. */
export const browsing: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene);
  const resolver = drawServer(scene, [53]);
  const servers = Array.from({ length: random.integer(1, 30) }, () => drawServer(scene, SERVICE_PORTS));
  for (const us of moments(scene, random.logBetween(0.05, 2), 0)) {
    const server = random.pick(servers);
    lookUp(scene, us, ip, resolver);
    for (let i = random.integer(1, 6); i > 0; i--) {
      talk(scene, {
        startUs: us + random.exponential(50_000),
        client: { ip, port: drawEphemeral(random) },
        server,
        exchanges: drawExchanges(random, random.integer(1, 12), {
          up: 500,
          down: 8000,
          waitUs: 300_000,
          serverUs: 20_000,
        }),
      });
    }
  }
};

/** A service that calls another, a new connection for each call or a few. */
export const serviceCalls: Behaviour = (scene) => {
  const { random } = scene;
  const server = drawServer(scene, SERVICE_PORTS);
  const clients = Array.from({ length: random.integer(1, 6) }, () => drawClient(scene));
  const perConnection = random.pick([1, 1, 3, 20]);
  const sizes = {
    up: random.logBetween(30, 3000),
    down: random.logBetween(30, 20_000),
    waitUs: random.logBetween(1e3, 1e6),
    serverUs: random.logBetween(200, 50_000),
  };
  for (const us of moments(scene, random.logBetween(0.2, 15), random.pick([0, 0, 0.9]))) {
    const client = { ip: random.pick(clients), port: drawEphemeral(random) };
    talk(scene, {
      startUs: us,
      client,
      server,
      exchanges: drawExchanges(random, random.integer(1, perConnection), sizes),
    });
  }
};

/** Long-lived connections to a database, a cache or a broker: some were there before the capture, some stay open. */
export const connectionPool: Behaviour = (scene) => {
  const { random, startUs, endUs } = scene;
  const server = drawServer(scene, SERVICE_PORTS);
  const ip = drawClient(scene);
  const seconds = (endUs - startUs) / 1e6;
  const pause = random.logBetween(2e3, 2e6);
  for (let i = random.integer(1, 24); i > 0; i--) {
    const count = Math.min(1500, Math.max(1, Math.floor((seconds * 1e6) / pause)));
    talk(scene, {
      startUs: startUs + random.between(0, random.pick([10_000, 5e6])),
      client: { ip, port: drawEphemeral(random) },
      server,
      handshake: random.chance(0.5),
      exchanges: drawExchanges(random, random.integer(1, count), {
        up: random.pick([0, 40, 200, 2000]),
        down: random.pick([20, 300, 4000]),
        waitUs: pause,
        serverUs: 1000,
      }),
      ending: random.pick(['open', 'client-fin', 'server-rst', 'client-rst']),
    });
  }
};

/** A download or an upload, alone or a few at once. */
export const transfer: Behaviour = (scene) => {
  const { random, startUs, endUs } = scene;
  const server = drawServer(scene, SERVICE_PORTS);
  const ip = drawClient(scene);
  const upload = random.chance(0.4);
  for (let i = random.integer(1, 4); i > 0; i--) {
    const bytes = random.logBetween(1e5, 2e6);
    talk(scene, {
      startUs: random.between(startUs, (startUs + endUs) / 2),
      client: { ip, port: drawEphemeral(random) },
      server,
      exchanges: drawExchanges(random, random.integer(1, 3), {
        up: upload ? bytes : 400,
        down: upload ? 300 : bytes,
        waitUs: 1e5,
        serverUs: 1e4,
      }),
    });
  }
};

/** An interactive session: keystrokes and echoes. */
export const session: Behaviour = (scene) => {
  const { random, startUs } = scene;
  talk(scene, {
    startUs: startUs + random.between(0, 2e6),
    client: { ip: drawClient(scene), port: drawEphemeral(random) },
    server: drawServer(scene, [22, 23, 3389, 5900]),
    handshake: random.chance(0.8),
    exchanges: drawExchanges(random, random.integer(20, 200), {
      up: 40,
      down: 60,
      waitUs: random.logBetween(3e4, 5e5),
      serverUs: 2000,
    }),
    ending: random.pick(['open', 'client-fin']),
  });
};

/** Many visitors at once, each at a modest rate: looks like a flood, is none. */
export const crowd: Behaviour = (scene) => {
  const { random } = scene;
  const server = drawServer(scene, WEB_PORTS);
  const visitors = Array.from({ length: random.integer(15, 150) }, () => drawClient(scene));
  const keepAlive = random.integer(1, 8);
  for (const us of moments(scene, Math.min(150, visitors.length * random.logBetween(0.2, 2)), 0)) {
    talk(scene, {
      startUs: us,
      client: { ip: random.pick(visitors), port: drawEphemeral(random) },
      server,
      exchanges: drawExchanges(random, random.integer(1, keepAlive), {
        up: 400,
        down: 3000,
        waitUs: 400_000,
        serverUs: 5000,
      }),
    });
  }
};

/** File transfer, remote calls: one server, a new negotiated port for each piece, every one established. */
export const manyPorts: Behaviour = (scene) => {
  const { random } = scene;
  const ip = drawClient(scene);
  const server = drawServerAddress(scene);
  for (const us of moments(scene, random.logBetween(0.2, 10), random.next())) {
    talk(scene, {
      startUs: us,
      client: { ip, port: drawEphemeral(random) },
      server: { ip: server, port: random.integer(1024, 65_000) },
      exchanges: drawExchanges(random, random.integer(1, 2), {
        up: random.pick([0, 300]),
        down: 5000,
        waitUs: 1e4,
        serverUs: 1000,
      }),
    });
  }
};

/** A person mistypes a password now and then, or a job logs in too often: short sessions with a refusal. */
export const failedLogins: Behaviour = (scene) => {
  const { random } = scene;
  const client = drawClient(scene);
  const server = drawServer(scene, [22, 21, ...SERVICE_PORTS]);
  for (const us of moments(scene, random.logBetween(0.05, 0.5), 0)) {
    talk(scene, {
      startUs: us,
      client: { ip: client, port: drawEphemeral(random) },
      server,
      exchanges: drawExchanges(random, random.integer(3, 10), { up: 200, down: 300, waitUs: 3e5, serverUs: 1e5 }),
    });
  }
};
