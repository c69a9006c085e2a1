import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '../pause.ts';
import { createRandom, type Random } from '../random.ts';
import type { Attack, TimeWindow } from '../scenario.ts';
import { type Aim, towards } from './footprint.ts';

/** One attacker's password guessing at one service. */
export interface Guessing {
  readonly attacker: number;
  readonly tool: 'hydra' | 'medusa';
  readonly service: keyof typeof AIMS;
  /** Whom the guesses are for; Redis has no names. */
  readonly user: string;
  /** Connections at once. */
  readonly tasks: number;
  /** Whole seconds that hydra waits when a server has closed a connection, and before each new one. */
  readonly pauseSeconds: number;
  /** How many guesses one call of the tool has. */
  readonly words: number;
  /** From one call to the next, for what the tool itself would send too fast; null: one call is all. */
  readonly roundMs: number | null;
  readonly seed: number;
}

const AIMS = {
  ssh: { victim: 'bastion', port: 22 },
  postgres: { victim: 'database', port: 5432 },
  redis: { victim: 'cache', port: 6379 },
} as const satisfies Record<string, Aim>;

/** Passwords as people make them; the lab's own are twenty random letters. */
const STEMS = ['password', 'admin', 'summer', 'letmein', 'qwerty', 'dragon', 'shop', 'root', 'welcome', 'monkey'];
const TAILS = ['', '!', '1', '123', '2024', '2025', '#1', '@home'];

/** The attack; it ends when all words are tried or its window is over. */
export function guessing(guess: Guessing, window: TimeWindow): Attack {
  const aim = AIMS[guess.service];
  return {
    ...window,
    family: 'brute-force',
    async play(lab, signal) {
      const random = createRandom(guess.seed);
      const words = join(lab.scratch, `words-${guess.attacker}-${window.startMs}`);
      const victim = lab.hosts[aim.victim].ip;
      const argv = guess.tool === 'hydra' ? hydraCommand(guess, words, victim) : medusaCommand(guess, words, victim);
      do {
        const next = performance.now() + (guess.roundMs ?? 0);
        await writeFile(words, wordList(random, guess.words));
        // hydra leaves a file to resume from in the folder it runs in.
        await lab.run(lab.hosts.attackers[guess.attacker], ['env', '-C', lab.scratch, ...argv], signal);
        await pause(Math.max(0, next - performance.now()), signal);
      } while (guess.roundMs !== null && !signal.aborted);
    },
    footprint: towards(guess.attacker, aim),
  };
}

function hydraCommand(guess: Guessing, words: string, victim: string): string[] {
  return [
    ['hydra', '-I', '-q'],
    guess.service === 'redis' ? [] : ['-l', guess.user],
    ['-P', words, '-t', String(guess.tasks), '-w', String(guess.pauseSeconds), '-W', String(guess.pauseSeconds)],
    `${guess.service}://${victim}:${AIMS[guess.service].port}`,
  ].flat();
}

function medusaCommand(guess: Guessing, words: string, victim: string): string[] {
  const target = ['-h', victim, '-n', String(AIMS[guess.service].port), '-M', guess.service];
  return ['medusa', '-b', '-u', guess.user, '-P', words, '-t', String(guess.tasks), ...target];
}

function wordList(random: Random, count: number): string {
  const words = Array.from({ length: count }, () => {
    const stem = random.pick(STEMS);
    const number = random.chance(0.5) ? String(random.integer(0, 9_999)) : '';
    return `${random.chance(0.3) ? stem.toUpperCase() : stem}${number}${random.pick(TAILS)}`;
  });
  return `${words.join('\n')}\n`;
}
