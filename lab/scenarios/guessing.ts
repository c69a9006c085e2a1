import { guessing, type Guessing } from '../attacks/guessing.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

export const sshGuess = guessScenario('ssh-guess', ['ssh'], 'hydra or medusa tries passwords at sshd');
export const databaseGuess = guessScenario(
  'database-guess',
  ['postgres', 'redis'],
  'hydra or medusa tries passwords at PostgreSQL or Redis',
);

const MACHINE = { ssh: 'bastion', postgres: 'database', redis: 'cache' } as const;
const USERS = {
  ssh: ['root', 'admin', 'ubuntu', 'deploy', 'git'],
  postgres: ['postgres', 'admin', 'shop', 'root'],
  redis: ['default'],
};
/** hydra refuses more connections at once. */
const MOST_TASKS = 64;

function guessScenario(name: string, services: readonly Guessing['service'][], summary: string): Scenario {
  return {
    name,
    family: 'brute-force',
    summary,
    plan(random, { quick }) {
      const attackers = random.pick([1, 1, 1, 2]);
      const attackersOutside = random.chance(0.4);
      const service = random.pick(services);
      // medusa has no module for Redis.
      const tool = service === 'redis' ? 'hydra' : random.pick(['hydra', 'hydra', 'medusa'] as const);
      const perSecond = random.logBetween(0.5, 50) / attackers;
      const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40 });
      const pace = tool === 'medusa' ? medusaPace(random, perSecond) : HYDRA_PACE[service](perSecond);
      const user = random.pick(USERS[service]);
      const seeds = Array.from({ length: attackers }, () => random.integer(1, 1_000_000));
      return attackPlan(random, timing, {
        parameters: {
          tool,
          service,
          user,
          guessesPerSecondEach: perSecond,
          tasks: pace.tasks,
          pauseSeconds: pace.pauseSeconds,
          wordsAtOnce: pace.words ?? 0,
        },
        attackers,
        attackersOutside,
        services: [MACHINE[service]],
        looksLike: [],
        attack(window, attacker) {
          const words = pace.words ?? Math.ceil((perSecond * (window.endMs - window.startMs)) / 1_000) + pace.tasks;
          return guessing({ attacker, tool, service, user, seed: seeds[attacker], ...pace, words }, window);
        },
      });
    },
  };
}

type Pace = Pick<Guessing, 'tasks' | 'pauseSeconds' | 'roundMs'> & { readonly words: number | null };

/** sshd hangs up after some guesses; hydra then waits as long as it would wait for an answer. */
const SSH_GUESSES_PER_CONNECTION = 4.5;
/** What one connection of hydra's gets through at Redis. */
const REDIS_GUESSES_PER_SECOND = 9;

/** What hydra must be told for a number of guesses per second; it knows no rate. */
const HYDRA_PACE: Readonly<Record<Guessing['service'], (perSecond: number) => Pace>> = {
  ssh(perSecond) {
    const pauseSeconds = Math.min(10, Math.max(2, Math.round(SSH_GUESSES_PER_CONNECTION / perSecond)));
    const tasks = tasksFor((perSecond * pauseSeconds) / SSH_GUESSES_PER_CONNECTION);
    return { tasks, pauseSeconds, words: null, roundMs: null };
  },
  postgres(perSecond) {
    const pauseSeconds = perSecond < 1 ? 2 : 1;
    return { tasks: tasksFor(perSecond * pauseSeconds), pauseSeconds, words: null, roundMs: null };
  },
  redis(perSecond) {
    const pace = { tasks: tasksFor(perSecond / REDIS_GUESSES_PER_SECOND), pauseSeconds: 2 };
    if (perSecond > REDIS_GUESSES_PER_SECOND) return { ...pace, words: null, roundMs: null };
    const words = Math.ceil(perSecond);
    return { ...pace, words, roundMs: (1_000 * words) / perSecond };
  },
};

/** medusa goes as fast as the server answers, so it is called again and again. */
function medusaPace(random: Random, perSecond: number): Pace {
  const words = Math.max(1, Math.round(perSecond * random.between(0.5, 4)));
  return { tasks: Math.min(words, random.integer(1, 8)), pauseSeconds: 0, words, roundMs: (1_000 * words) / perSecond };
}

function tasksFor(connections: number): number {
  return Math.min(MOST_TASKS, Math.max(1, Math.round(connections)));
}
