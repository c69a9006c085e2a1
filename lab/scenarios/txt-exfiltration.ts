import { txtExfiltration } from '../attacks/txt-exfiltration.ts';
import type { Scenario } from '../scenario.ts';
import { drawAttackerZone } from './attacker-zone.ts';
import { attackPlan } from './attack-plan.ts';
import { drawTiming } from './attack-window.ts';

/** Each dig is a process of its own. */
const MOST_DIGS_PER_SECOND = 8;

export const txtExfiltrationScenario: Scenario = {
  name: 'txt-exfiltration',
  family: 'dns-tunnel',
  summary: 'secrets in the names of TXT, A, AAAA or CNAME questions, 1 to 50 a second, by dig or a program',
  plan(random, { quick }) {
    const { place, zone, parts } = drawAttackerZone(random);
    const sockets = random.pick(['dig', 'own', 'fresh'] as const);
    const questionsPerSecond = random.logBetween(1, sockets === 'dig' ? MOST_DIGS_PER_SECOND : 50);
    const recordType = random.pick(['TXT', 'TXT', 'A', 'AAAA', 'CNAME'] as const);
    const name = {
      zone,
      alphabet: random.pick(['hex', 'base32', 'base64'] as const),
      letters: random.integer(16, 170),
      labelLetters: random.integer(16, 63),
    };
    const answer = random.chance(0.3) ? 'nxdomain' : { textBytes: Math.round(random.logBetween(2, 400)) };
    const jitter = random.between(0, 0.8);
    const timing = drawTiming(random, { quick, leastSeconds: 15, mostSeconds: 40 });
    const shape = { place, name, recordType, sockets, questionsPerSecond, jitter, answer } as const;
    const seed = random.integer(1, 1_000_000);
    return attackPlan(random, timing, {
      parameters: {
        place,
        recordType,
        sockets,
        questionsPerSecond,
        jitter,
        ...name,
        answer: answer === 'nxdomain' ? answer : `${answer.textBytes} bytes`,
      },
      attackers: 1,
      ...parts,
      attack: (window) => txtExfiltration({ attacker: 0, ...shape, seed }, window),
    });
  },
};
