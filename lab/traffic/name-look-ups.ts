import { SEARCH_DOMAINS, SERVICE_NAMES } from '../servers/dnsmasq.ts';
import { DKIM_KEYS, MAIL_DOMAINS } from '../servers/text-records.ts';
import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import type { ResolverSettings } from './clients/settings.ts';
import type { Machine } from './machine.ts';
import { nodeClient } from './node-client.ts';
import { repeat } from './repeat.ts';

/** Names outside the zone, as any cluster asks for. */
const FOREIGN_NAMES = ['registry.example.com', 'api.payments.example', 'time.example.org'] as const;
/** What a mail server asks for, what a crawler does, and what somebody does who checks senders. */
const BURST_TYPES = [
  ['MX', 'A', 'TXT'],
  ['A', 'AAAA'],
  ['TXT', 'TXT', 'MX'],
] as const;
type Question = ResolverSettings['questions'][number];
const SYLLABLES = ['ba', 'no', 'tri', 'mel', 'ka', 'sol', 'ver', 'in', 'dex', 'lo', 'qua', 'ri'] as const;
const ENDINGS = ['example', 'example.com', 'example.net', 'example.org', 'test'] as const;

/**
 * Name look-ups of one machine. A resolver with a search list asks for `web` as `web.shop.svc...` and has it; for a
 * foreign name it asks once per search domain first, and most answers are NXDOMAIN.
 */
export function lookUpNames(from: Machine, random: Random, meanPauseMs: number): Play {
  return repeat(random, meanPauseMs, (lab, signal) => {
    const questions = drawQuestions(random).flatMap((name) => [name, 'A', name, 'AAAA']);
    return lab.run(from(lab.hosts), [...dig(lab.hosts.dns.ip), ...questions], signal);
  });
}

/**
 * A mail server or a crawler: bursts of look-ups of many different names, with mail servers' records and long texts (SPF,
 * DKIM) among the questions. Many names, long names and TXT questions are what a tunnel has, too.
 */
export function lookUpInBursts(from: Machine, random: Random, meanPauseMs: number): Play {
  const types = random.pick(BURST_TYPES);
  const most = Math.round(random.logBetween(8, 150));
  const draw = () => drawForeignQuestion(random, random.pick(types));
  // Half the programs use a new socket for each question, half one for a burst.
  if (random.chance(0.5)) {
    const settings = {
      seed: random.integer(1, 1_000_000),
      mostAtOnce: most,
      meanPauseMs,
      questions: Array.from({ length: random.integer(20, 400) }, draw),
    };
    return nodeClient(from, 'resolver', ({ hosts }) => ({ ...settings, address: hosts.dns.ip }));
  }
  return repeat(random, meanPauseMs, (lab, signal) => {
    const questions = Array.from({ length: random.integer(3, most) }, draw);
    const words = questions.flatMap(({ name, type }) => [name, type]);
    return lab.run(from(lab.hosts), [...dig(lab.hosts.dns.ip), ...words], signal);
  });
}

function dig(server: string): string[] {
  return ['dig', '+tries=1', '+time=1', '+noall', `@${server}`];
}

function drawQuestions(random: Random): string[] {
  if (random.chance(0.6)) return [`${random.pick(SERVICE_NAMES)}.${SEARCH_DOMAINS[0]}`];
  const name = random.pick(FOREIGN_NAMES);
  return [...SEARCH_DOMAINS.map((domain) => `${name}.${domain}`), name];
}

function drawForeignQuestion(random: Random, type: Question['type']): Question {
  const word = Array.from({ length: random.integer(1, 5) }, () => random.pick(SYLLABLES)).join('');
  const domain = `${word}.${random.pick(ENDINGS)}`;
  if (type !== 'TXT') return { name: random.chance(0.3) ? `mx${random.integer(1, 9)}.${domain}` : domain, type };
  // Most senders can be looked up; spam's cannot.
  const sender = random.chance(0.6) ? random.pick(MAIL_DOMAINS) : domain;
  return { name: random.pick([sender, `_dmarc.${sender}`, `${random.pick(DKIM_KEYS)}._domainkey.${sender}`]), type };
}
