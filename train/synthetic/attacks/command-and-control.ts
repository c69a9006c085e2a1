import type { Attack } from '../attack.ts';
import type { End, Exchange } from '../conversation.ts';
import type { Scene } from '../scene.ts';
import { playProbe, playUdp } from '../packets.ts';
import { drawCount, drawEphemeral, drawRtt, talk } from '../scene.ts';
import { drawTls } from '../tls.ts';
import { SYN } from '../wire.ts';
import { drawClientEnd, drawWayOut } from './parties.ts';

const ODD_PORTS = [4444, 9001, 1337, 31_337, 5555, 8888, 6666, 53, 443, 8443];

/** How a beacon reaches its master. */
const WAYS = ['tls', 'tls', 'tls', 'http', 'plain', 'dns', 'kept', 'kept-datagrams', 'dead'] as const;

/** An implant asks for orders, every so often, in the same few bytes; seldom there is one. */
const beacon: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const way = random.pick(WAYS);
  const port = portOf(scene, way);
  const { ip, server } = drawWayOut(scene, port);
  const periodUs = random.logBetween(2, 300) * 1e6;
  const jitter = random.chance(0.4) ? random.between(0, 0.05) : random.between(0, 0.5);
  const count = drawCount(random, 6, Math.min(80, Math.max(8, 1.4e10 / periodUs)));
  const up = drawCount(random, 60, 900);
  const down = drawCount(random, 30, 700);
  const spread = random.pick([0, 0.01, 0.05]);
  const orders = random.pick([0, 0, 0.05]);
  const tls = way === 'tls' ? drawTls(random) : [];
  const ending = random.pick(['client-fin', 'client-fin', 'server-fin', 'client-rst'] as const);
  const serverUs = random.logBetween(200, 100_000);
  const rttUs = drawRtt(scene);
  const about = (bytes: number) => Math.max(1, Math.round(bytes * (1 + spread * random.normal())));
  const call = (waitUs: number): Exchange => {
    const answer = about(down);
    return { waitUs, up: about(up), serverUs, down: random.chance(orders) ? answer * random.integer(5, 300) : answer };
  };
  const gap = () => periodUs * (1 + jitter * random.between(-1, 1));
  const footprint = {
    attackers: [ip],
    victims: [server.ip],
    port,
    protocol: ['dns', 'kept-datagrams'].includes(way) ? 17 : 6,
  };

  if (way === 'kept') {
    const exchanges = Array.from({ length: count }, (_, i) => call(i === 0 ? 0 : gap()));
    const opening = random.chance(0.6) ? drawTls(random) : [];
    talk(scene, {
      startUs,
      client: drawClientEnd(scene, ip),
      server,
      rttUs,
      ending,
      exchanges: [...opening, ...exchanges],
    });
    return footprint;
  }
  const socket = drawClientEnd(scene, ip);
  let us = startUs;
  for (let i = 0; i < count; i++, us += gap()) {
    const client = drawClientEnd(scene, ip);
    const { up: sent, down: got } = call(0);
    if (way === 'dead')
      playProbe(scene.wire, random, {
        us,
        client,
        server,
        rttUs,
        flags: SYN,
        answer: random.pick(['silence', 'refused']),
        retries: 2,
      });
    else if (way === 'dns')
      playUdp(scene.wire, { us, client, server, up: 30 + (sent % 100), down: 60 + (got % 300), rttUs });
    else if (way === 'kept-datagrams') playUdp(scene.wire, { us, client: socket, server, up: sent, down: got, rttUs });
    else talk(scene, { startUs: us, client, server, rttUs, ending, exchanges: [...tls, ...calls(scene, call)] });
  }
  return footprint;
};

function calls({ random }: Scene, call: (waitUs: number) => Exchange): Exchange[] {
  return random.chance(0.05) ? [call(500), call(5000)] : [call(500)];
}

function portOf({ random }: Scene, way: (typeof WAYS)[number]): number {
  if (way === 'dns') return 53;
  if (way === 'http') return random.pick([80, 80, 8080, 8000]);
  if (way === 'tls' || way === 'kept-datagrams')
    return random.pick([443, 443, 443, 8443, random.integer(1024, 65_000)]);
  return random.pick([...ODD_PORTS, random.integer(1024, 65_000)]);
}

/** A shell that calls home: from then on the far end types, and the near end answers. */
const reverseShell: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const { ip, server } = drawWayOut(scene, random.pick([...ODD_PORTS, random.integer(1024, 65_000)]));
  const terminal = random.chance(0.4);
  const commands = drawCount(random, 3, 60);
  const thinkUs = random.logBetween(0.5, 15) * 1e6;
  const more = random.pick([0, 0, 0, 29]);
  const exchanges: Exchange[] = more > 0 ? [...drawTls(random)] : [];
  if (random.chance(0.6)) exchanges.push({ waitUs: 20_000, up: random.integer(2, 250) + more, serverUs: 0, down: 0 });
  for (let i = 0; i < commands && scene.wire.length < scene.most; i++) {
    const pauseUs = random.exponential(thinkUs) + (random.chance(0.06) ? random.between(20, 200) * 1e6 : 0);
    exchanges.push(...(terminal ? typed(scene, pauseUs) : [said(pauseUs, random.integer(3, 60) + more)]));
    for (let part = random.pick([0, 1, 1, 1, 2, 4]); part > 0; part--)
      exchanges.push(said(random.exponential(40_000), 0, drawCount(random, 1, 3000) + more));
  }
  let us = startUs;
  // The far end does not listen yet.
  for (let tries = random.pick([0, 0, 0, 1, 3]); tries > 0; tries--, us += random.between(1, 10) * 1e6)
    refuse(scene, us, ip, server);
  const idle = { everyUs: random.between(15, 75) * 1e6, by: random.pick(['client', 'server'] as const) };
  talk(scene, {
    startUs: us,
    client: drawClientEnd(scene, ip),
    server,
    exchanges,
    ...(random.chance(0.2) && { idle }),
  });
  return { attackers: [ip], victims: [server.ip], port: server.port, protocol: 6 };
};

function refuse(scene: Scene, us: number, ip: number, server: End): void {
  const client = { ip, port: drawEphemeral(scene.random) };
  playProbe(scene.wire, scene.random, {
    us,
    client,
    server,
    rttUs: drawRtt(scene),
    flags: SYN,
    answer: 'refused',
    retries: 0,
  });
}

/** A command in keystrokes, each of which comes back as an echo. */
function typed({ random }: Scene, pauseUs: number): Exchange[] {
  const keys = random.integer(2, 25);
  return Array.from({ length: keys }, (_, i) => [
    said(i === 0 ? pauseUs : random.logBetween(4e4, 6e5), 1),
    said(0, 0, 1),
  ]).flat();
}

/** Something the server says by itself (`down`), or the client. */
function said(waitUs: number, down: number, up = 0): Exchange {
  return { waitUs, up, serverUs: 0, down };
}

export const COMMAND_AND_CONTROL: readonly Attack[] = [
  { kind: 'beacon', family: 'beacon', play: beacon },
  { kind: 'reverse-shell', family: 'reverse-shell', play: reverseShell },
];
