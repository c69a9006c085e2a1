import type { ServiceName } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity, Scenario } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { LOGIN_KINDS, mistypedLogin, sshSession } from '../traffic/bastion.ts';
import { clientAt, type Machine, visitorAt } from '../traffic/machine.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

const NEEDED: readonly ServiceName[] = ['bastion', 'database', 'cache'];

export const failedLogins: Scenario = {
  name: 'failed-logins',
  family: 'benign',
  summary: 'people who mistype a password two to six times, with human pauses, then get in: looks like guessing',
  plan(random, { quick }) {
    const durationMs = quick ? 10_000 : random.integer(35, 60) * 1_000;
    const clients = random.integer(3, 7);
    const people = random.integer(1, 3);
    const { services, visitors } = drawSurroundings(random, { services: NEEDED, visitors: random.integer(0, 2) });
    const day = drawBackground(random, random.between(0.3, 0.7), { services, visitors });
    const logins = Array.from({ length: people }, (_, index) =>
      drawLogin(random.fork(`person ${index}`), { durationMs, clients, visitors, quick }),
    );
    return {
      parameters: {
        ...day,
        people,
        logins: logins.map(({ what }) => what).join(', '),
        visitors,
        services: services.join(' '),
      },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients, visitors }),
        ...logins.flatMap(({ activities }) => activities),
      ],
      attacks: [],
    };
  },
};

/** One person: mistypes, gets in (nearly always), and over SSH goes on to work. */
function drawLogin(
  random: Random,
  day: { durationMs: number; clients: number; visitors: number; quick: boolean },
): { what: string; activities: Activity[] } {
  const kind = random.pick(LOGIN_KINDS);
  const wrong = random.integer(2, 6);
  const succeeds = random.chance(0.85);
  const meanPauseMs = day.quick ? 700 : random.logBetween(1_200, 6_000);
  // From outside a person reaches the ingress; the rest is asked for from inside.
  const from: Machine =
    kind === 'web' && day.visitors > 0
      ? visitorAt(random.integer(0, day.visitors - 1))
      : clientAt(random.integer(0, day.clients - 1));
  const login = mistypedLogin(from, { kind, wrong, meanPauseMs, succeeds }, random);
  const session = sshSession(from, random);
  return {
    what: `${kind} ${wrong}${succeeds ? '' : ' in vain'}`,
    activities: [
      {
        startMs: random.between(500, day.durationMs * 0.3),
        endMs: day.durationMs,
        play: async (lab, signal) => {
          await login(lab, signal);
          if (succeeds && kind === 'ssh' && !signal.aborted) await session(lab, signal);
        },
      },
    ],
  };
}
