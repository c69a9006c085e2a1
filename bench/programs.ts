import { join } from 'node:path';
import type { CaptureKind } from './generate-capture.ts';
import type { NotMeasured } from './measure.ts';
import { CICFLOWMETER, installPeer, NFSTREAM, type PythonPeer } from './python-peers.ts';

/** A program to be measured. */
export interface Program {
  readonly name: string;
  /** Its command line for a capture; what it writes to standard output, and to `output`, goes to the same place. */
  readonly command: (capture: string, output: string) => readonly string[];
  /** Whether it writes a line for each flow, and one above them. */
  readonly writesFlows: boolean;
  /** Runs once, on the first packets of the capture if it is slow. */
  readonly isPeer: boolean;
  readonly mostPackets: (kind: CaptureKind) => number;
}

/** A program that cannot be measured here. */
export type Absent = { readonly name: string } & NotMeasured;

const ROOT = join(import.meta.dirname, '..');

/** The one that the others are compared with. */
const FLOOR: Program = {
  name: 'tcpdump -w /dev/null',
  command: (capture) => ['tcpdump', '-r', capture, '-w', '/dev/null'],
  writesFlows: false,
  isPeer: false,
  mostPackets: () => Infinity,
};

const OURS: readonly Program[] = [
  {
    ...FLOOR,
    name: 'bare read loop',
    command: (capture) => [process.execPath, join(import.meta.dirname, 'read-loop.ts'), capture],
  },
  {
    ...FLOOR,
    name: 'kubesecure flows',
    command: (capture) => [join(ROOT, 'bin/kubesecure'), 'flows', capture],
    writesFlows: true,
  },
  {
    ...FLOOR,
    name: 'with entity counters',
    command: (capture) => [process.execPath, join(import.meta.dirname, 'with-entity-counters.ts'), capture],
    writesFlows: true,
  },
];

/** All that is measured, tcpdump first. Peers are installed where they are not. */
export function listPrograms(withPeers: boolean): readonly (Program | Absent)[] {
  if (!withPeers) return [FLOOR, ...OURS];
  return [
    FLOOR,
    ...OURS,
    peer(NFSTREAM, {
      command: (programs, capture) => [
        join(programs, 'python'),
        join(import.meta.dirname, 'nfstream_flows.py'),
        capture,
      ],
      mostPackets: (kind) => (kind === 'flood' ? 200_000 : Infinity),
    }),
    peer(CICFLOWMETER, {
      command: (programs, capture, output) => [join(programs, 'cicflowmeter'), '-f', capture, '-c', output],
      mostPackets: () => 20_000,
    }),
  ];
}

function peer(
  python: PythonPeer,
  how: {
    readonly command: (programs: string, capture: string, output: string) => readonly string[];
    readonly mostPackets: (kind: CaptureKind) => number;
  },
): Program | Absent {
  const name = `${python.name} ${python.version}`;
  const programs = installPeer(python);
  if (typeof programs !== 'string') return { name, ...programs };
  return {
    name,
    command: (capture, output) => how.command(programs, capture, output),
    writesFlows: true,
    isPeer: true,
    mostPackets: how.mostPackets,
  };
}
