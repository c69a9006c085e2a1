import type { Behaviour } from './behaviour.ts';
import { LOGINS, refusedLogins } from '../logins.ts';
import { drawClient, drawCount, drawEphemeral, drawExchanges, drawRtt, drawServer, moments, talk } from '../scene.ts';

const SHAPES = Object.values(LOGINS);

/** A person mistypes a password a few times, at a person's pace, and then works for a while, or gives up. */
export const mistyped: Behaviour = (scene) => {
  const { random, startUs } = scene;
  const shape = random.pick([LOGINS.ssh, LOGINS.ssh, ...SHAPES]);
  const server = drawServer(scene, shape.ports);
  const ip = drawClient(scene);
  const rttUs = drawRtt(scene);
  const verdictUs = random.logBetween(...shape.verdictMs) * 1000;
  const personUs = random.logBetween(1.5, 8) * 1e6;
  const failures = random.integer(1, 4);
  const ending = random.pick(['client-fin', 'server-fin', 'server-rst'] as const);
  let us = startUs;
  let left = failures;
  let work = random.chance(0.8);
  while (left > 0 || work) {
    const tries = Math.min(left, shape.most, 3);
    left -= tries;
    // Where the service allows another try on the same connection, the right word comes there.
    const goesOn = left === 0 && work && tries < shape.most;
    const getsIn = tries === 0 || goesOn;
    us = talk(scene, {
      startUs: us + random.exponential(personUs),
      client: { ip, port: drawEphemeral(random) },
      server,
      rttUs,
      exchanges: [
        ...refusedLogins(random, shape, { tries: tries + (getsIn ? 1 : 0), verdictUs, pauseUs: personUs }),
        ...(getsIn
          ? drawExchanges(random, drawCount(random, 5, 150), {
              up: random.logBetween(30, 400),
              down: random.logBetween(40, 3000),
              waitUs: random.logBetween(2e4, 2e6),
              serverUs: 3000,
            })
          : []),
      ],
      ending,
    });
    if (getsIn) work = false;
  }
};

/** Logins that are right: a job, a monitor, a person who opens a few sessions; short ones, one after the other. */
export const rightLogins: Behaviour = (scene) => {
  const { random } = scene;
  const shape = random.pick(SHAPES);
  const server = drawServer(scene, shape.ports);
  const clients = Array.from({ length: random.pick([1, 1, 2, 6]) }, () => drawClient(scene));
  const rttUs = drawRtt(scene);
  const sizes = {
    up: random.logBetween(20, 600),
    down: random.logBetween(20, 8000),
    waitUs: random.logBetween(1e3, 5e5),
    serverUs: 2000,
  };
  const each = drawCount(random, 1, 30);
  for (const us of moments(scene, random.logBetween(0.05, 3), random.next()))
    talk(scene, {
      startUs: us,
      client: { ip: random.pick(clients), port: drawEphemeral(random) },
      server,
      rttUs,
      exchanges: [
        ...refusedLogins(random, shape, { tries: 1, verdictUs: 5000, pauseUs: 0 }),
        ...drawExchanges(random, random.integer(1, each), sizes),
      ],
    });
};
