import type { Attack } from '../attack.ts';
import type { End, Ending } from '../conversation.ts';
import type { LoginShape } from '../logins.ts';
import type { Scene } from '../scene.ts';
import { LOGINS, refusedLogins, spoken } from '../logins.ts';
import { playProbe } from '../packets.ts';
import { drawCount, drawExchanges, drawRtt, talk } from '../scene.ts';
import { drawTls, TLS_RECORD } from '../tls.ts';
import { SYN } from '../wire.ts';
import { drawAttacker, drawClientEnd, drawVictim } from './parties.ts';

/** Most connections of one attack. */
const MOST_CONNECTIONS = 300;

/**
 * Passwords tried one after the other, on 1 to 16 connections at once, each of which takes a few tries before one side
 * ends it and the next one begins.
 */
function guess(shapes: readonly LoginShape[]): Attack['play'] {
  return (scene) => {
    const { random, startUs } = scene;
    const shape = vary(scene, random.pick(shapes));
    const port = random.chance(0.85) ? random.pick(shape.ports) : random.integer(1024, 40_000);
    const victims = Array.from({ length: random.pick([1, 1, 1, 1, 3]) }, () => drawVictim(scene));
    const attackers = Array.from({ length: random.pick([1, 1, 1, 1, 2, 8]) }, () => drawAttacker(scene));
    const parallel = drawCount(random, 1, 16);
    const perConnection = Math.min(shape.most, drawCount(random, 1, random.pick([1, 3, 6, 200])));
    const tries = drawCount(random, 5, random.pick([20, 200, 600]));
    const perSecond = random.logBetween(0.3, 50);
    const rttUs = drawRtt(scene);
    const verdictUs = random.logBetween(...shape.verdictMs) * 1000;
    // What a try takes anyway comes off the pause.
    const pauseUs = Math.max(100, (parallel * 1e6) / perSecond - verdictUs - rttUs * shape.attempt.length);
    const ending = random.pick<Ending>(['client-fin', 'server-fin', 'server-fin', 'client-rst', 'server-rst']);
    const tls = random.chance(port % 1000 === 443 ? 0.8 : 0.15) ? drawTls(random) : [];

    const workers = Array.from({ length: parallel }, (_, i) => startUs + i * random.exponential(50_000));
    let left = tries;
    let connections = 0;
    while (left > 0 && ++connections <= MOST_CONNECTIONS && scene.wire.length < scene.most) {
      const worker = workers.indexOf(Math.min(...workers));
      const now = Math.min(left, perConnection);
      left -= now;
      const server = { ip: victims[connections % victims.length], port };
      workers[worker] = talk(scene, {
        startUs: workers[worker] + random.exponential(perConnection === 1 ? pauseUs : pauseUs / 4),
        client: drawClientEnd(scene, attackers[worker % attackers.length]),
        server,
        exchanges: [
          ...tls,
          ...refusedLogins(random, shape, { tries: now, verdictUs, pauseUs }),
          ...(ending === 'client-fin' ? spoken(random, shape.closing) : []),
        ],
        rttUs,
        ending,
      });
    }
    const endUs = Math.max(...workers);
    if (random.chance(0.15))
      getIn(scene, shape, { us: endUs, ip: attackers[0], server: { ip: victims[0], port }, rttUs });
    else if (random.chance(0.1))
      banned(scene, { us: endUs, ip: attackers[0], server: { ip: victims[0], port }, rttUs });
    return { attackers, victims, port, protocol: 6 };
  };
}

interface Aftermath {
  readonly us: number;
  readonly ip: number;
  readonly server: End;
  readonly rttUs: number;
}

/** The last word was right: a session follows. */
function getIn(scene: Scene, shape: LoginShape, { us, ip, server, rttUs }: Aftermath): void {
  const { random } = scene;
  const count = random.integer(3, 40);
  talk(scene, {
    startUs: us,
    client: drawClientEnd(scene, ip),
    server,
    rttUs,
    exchanges: [
      ...refusedLogins(random, shape, { tries: 1, verdictUs: 20_000, pauseUs: 0 }),
      ...drawExchanges(random, count, { up: 40, down: 200, waitUs: 400_000, serverUs: 5000 }),
    ],
  });
}

/** The server has had enough, and its firewall drops what comes. */
function banned(scene: Scene, { us, ip, server, rttUs }: Aftermath): void {
  const { random } = scene;
  for (let i = random.integer(1, 20); i > 0; i--)
    playProbe(scene.wire, random, {
      us: us + random.exponential(2e6),
      client: drawClientEnd(scene, ip),
      server,
      rttUs,
      flags: SYN,
      answer: random.pick(['silence', 'silence', 'refused']),
      retries: 2,
    });
}

/** The same service by another maker: everything it says is longer or shorter, and it may be wrapped in encryption. */
function vary({ random }: Scene, shape: LoginShape): LoginShape {
  const factor = random.logBetween(0.6, 1.8);
  const more = random.chance(0.1) ? TLS_RECORD : 0;
  const other = (bytes: number) => (bytes === 0 ? 0 : Math.max(1, Math.round(bytes * factor)) + more);
  const turns = (list: LoginShape['opening']) => list.map(([up, down]) => [other(up), other(down)] as const);
  return { ...shape, opening: turns(shape.opening), attempt: turns(shape.attempt), closing: turns(shape.closing) };
}

const { ssh, ftp, telnet, smtp, imap, pop3, ldap, vnc, rdp, smb, postgres, mysql, redis, mongodb, mssql, web } = LOGINS;

export const GUESSING: readonly Attack[] = [
  { kind: 'ssh-guess', family: 'brute-force', play: guess([ssh]) },
  { kind: 'database-guess', family: 'brute-force', play: guess([postgres, mysql, redis, mongodb, mssql]) },
  { kind: 'login-guess', family: 'brute-force', play: guess([ftp, telnet, smtp, imap, pop3, ldap, vnc, rdp, smb]) },
  { kind: 'web-guess', family: 'brute-force', play: guess([web]) },
];
