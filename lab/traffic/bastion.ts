import { pause } from '../pause.ts';
import type { Random } from '../random.ts';
import type { Lab, Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { LOGIN, LOGIN_PATH } from '../servers/web-paths.ts';
import { CURL } from './web-client.ts';
import { databaseUrl, redisCli } from './pools.ts';

/** Settings of a client that knows no host yet and asks nobody. */
export const SSH_OPTIONS = [
  ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
  ['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1', '-o', 'ConnectTimeout=5'],
].flat();

/** An administrator's session: logs in, and for some seconds output comes back now and then. */
export function sshSession(from: Machine, random: Random): Play {
  const commands = Math.round(random.logBetween(1, 40));
  const pauseSeconds = random.logBetween(0.2, 4).toFixed(1);
  const lines = Math.round(random.logBetween(1, 2_000));
  const script = `for i in $(seq ${commands}); do seq ${lines}; sleep ${pauseSeconds}; done`;
  const terminal = random.chance(0.5) ? ['-tt'] : ['-T'];
  return async (lab, signal) => {
    await lab.run(from(lab.hosts), [...sshTo(lab, lab.accounts.bastion.password), ...terminal, script], signal);
  };
}

/** Where a person can mistype a password. */
export const LOGIN_KINDS = ['ssh', 'database', 'cache', 'web'] as const;
export type LoginKind = (typeof LOGIN_KINDS)[number];

/** A person who has the password wrong some times, waits as people do, and gets in at last (or gives up). */
export function mistypedLogin(
  from: Machine,
  options: { kind: LoginKind; wrong: number; meanPauseMs: number; succeeds: boolean },
  random: Random,
): Play {
  return async (lab, signal) => {
    for (let attempt = 0; attempt < options.wrong && !signal.aborted; attempt++) {
      const wrong = `${random.pick(['summer', 'Winter', 'letmein', 'tea'])}${random.integer(1, 9_999)}`;
      await lab.run(from(lab.hosts), LOGINS[options.kind](lab, wrong), signal);
      await pause(options.meanPauseMs * random.between(0.4, 2), signal);
    }
    if (options.succeeds) await lab.run(from(lab.hosts), LOGINS[options.kind](lab, null), signal);
  };
}

/** How each is tried; a null password stands for the right one. */
const LOGINS: Readonly<Record<LoginKind, (lab: Lab, password: string | null) => string[]>> = {
  ssh: (lab, password) => [...sshTo(lab, password ?? lab.accounts.bastion.password), 'uptime; sleep 3'],
  database: (lab, password) => ['psql', '-qAt', '-c', 'SELECT now()', databaseUrl(lab, password ?? undefined)],
  cache: (lab, password) => [...redisCli(lab, password ?? undefined), 'PING'],
  web: ({ hosts }, password) => {
    const login = password === null ? LOGIN : `${LOGIN.split(':')[0]}:${password}`;
    return [...CURL, '-u', login, `http://${hosts.web.ip}${LOGIN_PATH}`];
  },
};

function sshTo({ accounts, hosts }: Lab, password: string): string[] {
  return ['sshpass', '-p', password, 'ssh', ...SSH_OPTIONS, `${accounts.bastion.user}@${hosts.bastion.ip}`];
}
