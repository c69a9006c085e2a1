import type { Random } from '../random.ts';
import type { Exchange } from './conversation.ts';

/** Bytes from the client, bytes from the server; where the first is 0 the server speaks by itself. */
export type Turn = readonly [up: number, down: number];

/** How a service asks for a password. */
export interface LoginShape {
  readonly ports: readonly number[];
  /** What is said before the first try. */
  readonly opening: readonly Turn[];
  /** One try; the last turn is the verdict. */
  readonly attempt: readonly Turn[];
  /** Tries that the server allows on one connection. */
  readonly most: number;
  /** How long it thinks before it says no, milliseconds. */
  readonly verdictMs: readonly [low: number, high: number];
  /** What a client says that is done. */
  readonly closing: readonly Turn[];
}

const SSH: LoginShape = {
  ports: [22, 22, 2222],
  opening: [
    [22, 40],
    [1400, 1080],
    [48, 450],
    [60, 44],
    [68, 68],
  ],
  attempt: [[148, 52]],
  most: 6,
  verdictMs: [20, 3000],
  closing: [[36, 0]],
};

// prettier-ignore
export const LOGINS = {
  ssh: SSH,
  ftp: line([21], [[0, 40]], [[12, 34], [14, 22]], 5, [20, 3000], [[6, 14]]),
  telnet: line([23, 2323], [[0, 12], [12, 15], [9, 30], [0, 12]], [[8, 12], [9, 30]], 3, [100, 4000], []),
  smtp: line([25, 587], [[0, 70], [20, 170]], [[12, 18], [18, 18], [14, 40]], 10, [20, 3000], [[6, 20]]),
  imap: line([143], [[0, 90]], [[26, 45]], 3, [100, 3000], [[12, 40]]),
  pop3: line([110], [[0, 30]], [[12, 5], [14, 35]], 3, [100, 3000], [[6, 15]]),
  ldap: line([389], [], [[45, 22]], 50, [1, 100], [[7, 0]]),
  vnc: line([5900], [[0, 12], [12, 2], [1, 16]], [[16, 30]], 1, [5, 2000], []),
  rdp: line([3389], [[43, 19], [180, 1200], [320, 51], [90, 280]], [[560, 90]], 1, [5, 1000], []),
  smb: line([445], [[160, 330]], [[210, 380], [480, 77]], 20, [1, 500], []),
  postgres: line([5432], [[8, 1], [84, 24]], [[55, 93], [108, 100]], 1, [1, 100], []),
  mysql: line([3306], [[0, 84]], [[110, 82]], 1, [1, 100], []),
  redis: line([6379], [], [[32, 42]], 1000, [0.05, 10], []),
  mongodb: line([27_017], [[270, 320]], [[160, 150], [190, 130]], 3, [2, 200], []),
  mssql: line([1433], [[58, 43]], [[230, 110]], 1, [2, 200], []),
  web: line([80, 443, 8080, 8443], [], [[520, 900]], 1000, [2, 1500], []),
} as const satisfies Record<string, LoginShape>;

/** A conversation of `tries` refused passwords; sizes vary a little from try to try, as names and words do. */
export function refusedLogins(
  random: Random,
  shape: LoginShape,
  how: { tries: number; verdictUs: number; pauseUs: number },
): Exchange[] {
  const attempts = Array.from({ length: how.tries }, (_, i) =>
    shape.attempt.map((turn, step): Exchange => {
      const waitUs = step === 0 && i > 0 ? random.exponential(how.pauseUs) : random.exponential(1500);
      const isVerdict = step === shape.attempt.length - 1;
      return exchange(random, turn, waitUs, isVerdict ? how.verdictUs * random.between(0.8, 1.2) : 500);
    }),
  );
  return [...spoken(random, shape.opening), ...attempts.flat()];
}

/** Turns as exchanges, a machine's pace between them. */
export function spoken(random: Random, turns: readonly Turn[]): Exchange[] {
  return turns.map((turn) => exchange(random, turn, random.exponential(1500), random.exponential(2000)));
}

function exchange(random: Random, [up, down]: Turn, waitUs: number, serverUs: number): Exchange {
  const vary = (bytes: number) => (bytes < 8 ? bytes : Math.max(1, bytes + random.integer(-3, 3)));
  return { waitUs, up: vary(up), serverUs, down: vary(down) };
}

function line(
  ports: readonly number[],
  opening: readonly Turn[],
  attempt: readonly Turn[],
  most: number,
  verdictMs: readonly [number, number],
  closing: readonly Turn[],
): LoginShape {
  return { ports, opening, attempt, most, verdictMs, closing };
}
