import type { Attack } from '../attack.ts';
import type { Exchange } from '../conversation.ts';
import { spoken, LOGINS } from '../logins.ts';
import { playEcho } from '../packets.ts';
import { drawCount, drawRtt, talk } from '../scene.ts';
import { drawTls } from '../tls.ts';
import { drawClientEnd, drawWayOut } from './parties.ts';

/** Packets with data of one exfiltration at most; larger ones have larger segments, as offloading makes them. */
const MOST_SEGMENTS = 1800;
const LARGEST_SEGMENT = 64_000;

/** Everything there is goes out, on one or a few connections; hardly a word comes back. */
const bulk: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const way = random.pick(['tls', 'tls', 'ssh', 'raw', 'raw', 'http', 'ftp'] as const);
  const ports = {
    tls: [443, 443, 8443],
    ssh: [22, 22, 2222],
    raw: [4444, 9999, random.integer(1024, 65_000)],
    http: [80, 8080, 8000],
    ftp: [20, random.integer(1024, 65_000)],
  };
  const { ip, server } = drawWayOut(scene, random.pick(ports[way]));
  const bytes = random.logBetween(2e6, Math.min(5e8, MOST_SEGMENTS * LARGEST_SEGMENT));
  const segment = Math.max(random.pick([1380, 1448, 1448, 16_000, LARGEST_SEGMENT]), Math.ceil(bytes / MOST_SEGMENTS));
  const connections = random.pick([1, 1, 1, 2, 4, 10]);
  const answered = way === 'tls' || way === 'http';
  const chunk = answered && random.chance(0.6) ? random.logBetween(1e5, 1e7) : Infinity;
  const bytesPerSecond = random.chance(0.8) ? random.logBetween(2e5, 5e7) : null;
  const inTurn = random.chance(0.4);

  let us = startUs;
  for (let i = 0; i < connections && scene.wire.length < scene.most; i++) {
    const exchanges: Exchange[] = [];
    if (way === 'tls') exchanges.push(...drawTls(random));
    if (way === 'ssh') exchanges.push(...spoken(random, [...LOGINS.ssh.opening, ...LOGINS.ssh.attempt, [100, 60]]));
    for (let left = bytes / connections; left > 0; left -= chunk) {
      const up = Math.round(Math.min(left, chunk)) + 1;
      exchanges.push({
        waitUs: random.exponential(20_000),
        up,
        serverUs: 10_000,
        down: answered ? random.integer(80, 600) : 0,
      });
    }
    const client = drawClientEnd(scene, ip);
    const endUs = talk(scene, {
      startUs: us,
      client,
      server,
      exchanges,
      segment,
      bytesPerSecond,
      ending: 'client-fin',
    });
    us = inTurn ? endUs + random.exponential(1e6) : us + random.exponential(300_000);
  }
  return { attackers: [ip], victims: [server.ip], port: server.port, protocol: 6 };
};

/** Echo requests and replies that carry a network, or a file. */
const icmpTunnel: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const { ip, server } = drawWayOut(scene, 0);
  const most = random.integer(200, 1400);
  const both = random.chance(0.6);
  const perSecond = random.logBetween(0.5, 100);
  const rttUs = drawRtt(scene);
  let us = startUs;
  for (let i = drawCount(random, 20, random.pick([80, 1200])); i > 0; i--) {
    const up = random.integer(random.chance(0.7) ? Math.round(most * 0.7) : 20, most);
    const down = both ? random.integer(20, most) : random.pick([up, null]);
    playEcho(scene.wire, { us, client: ip, server: server.ip, up, down, rttUs });
    us += random.exponential(1e6 / perSecond) + (random.chance(0.03) ? random.between(0.5, 10) * 1e6 : 0);
  }
  return { attackers: [ip], victims: [server.ip], port: null, protocol: 1 };
};

export const EXFILTRATION: readonly Attack[] = [
  { kind: 'bulk-exfiltration', family: 'exfiltration', play: bulk },
  { kind: 'icmp-tunnel', family: 'exfiltration', play: icmpTunnel },
];
