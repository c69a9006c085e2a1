import type { Attack } from '../attack.ts';
import { drawCount, drawExchanges, moments, talk } from '../scene.ts';
import { drawTls } from '../tls.ts';
import { drawAttacker, drawClientEnd, drawVictim } from './parties.ts';

/** Requests as fast as they go: a connection each, or many on a few dozen connections. */
const httpFlood: Attack['play'] = (scene) => {
  const { random, startUs } = scene;
  const server = { ip: drawVictim(scene), port: random.pick([80, 443, 8080, 8000, 3000]) };
  const attackers = Array.from({ length: random.pick([1, 1, 1, 2, 4, 20]) }, () => drawAttacker(scene));
  const sizes = {
    up: random.logBetween(60, 900),
    down: random.logBetween(150, 8000),
    serverUs: random.logBetween(100, 20_000),
  };
  const opening = server.port === 443 && random.chance(0.7) ? drawTls(random) : [];
  const ending = random.pick(['client-fin', 'server-fin', 'client-rst', 'open'] as const);
  const requests = random.chance(0.25) ? drawCount(random, 100, 1000) : 2000;
  const seconds = random.logBetween(1, 30);
  if (random.chance(0.4)) {
    const connections = random.integer(Math.max(10, attackers.length * 4), 120);
    const each = Math.max(4, requests / connections);
    for (let i = 0; i < connections && scene.wire.length < scene.most; i++) {
      const waitUs = random.logBetween(1, (0.5 * seconds * 1e6) / each);
      talk(scene, {
        startUs: startUs + random.exponential(30_000),
        client: drawClientEnd(scene, attackers[i % attackers.length]),
        server,
        exchanges: [...opening, ...drawExchanges(random, each, { ...sizes, waitUs })],
        ending: random.pick(['open', ending]),
      });
    }
  } else {
    let flows = 0;
    const perSecond = random.logBetween(60 * Math.min(attackers.length, 4), 1500);
    for (const us of moments({ ...scene, endUs: startUs + seconds * 1e6 }, perSecond, random.next())) {
      if (++flows > requests) break;
      talk(scene, {
        startUs: us,
        client: drawClientEnd(scene, random.pick(attackers)),
        server,
        exchanges: [...opening, ...drawExchanges(random, random.pick([1, 1, 2]), { ...sizes, waitUs: 1000 })],
        ending,
      });
    }
  }
  return { attackers, victims: [server.ip], port: server.port, protocol: 6 };
};

export const HTTP_FLOODS: readonly Attack[] = [{ kind: 'http-flood', family: 'http-flood', play: httpFlood }];
