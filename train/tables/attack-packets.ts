import type { FiveTuple } from '../../lab/truth.ts';
import type { Frames } from './pcap-frames.ts';
import type { CaptureAttack, RunFacts } from './table-format.ts';
import { addressNumber } from '../../lab/pcap.ts';

/** Answers may come this long after an attack's last packet. */
const LATE_ANSWER_US = 1_000_000;

/** For each frame the attack it belongs to (an index into the run's attacks plus one), in either direction, or 0. */
export function markAttackPackets(frames: Frames, run: RunFacts): Uint8Array {
  const own = new Set(run.hosts.map(({ ip }) => addressNumber(ip)));
  const marks = new Uint8Array(frames.count);
  run.attacks.forEach((attack, index) => {
    const tuples = attack.fiveTuples.map(asNumbers);
    for (let i = 0; i < frames.count; i++) {
      const time = frames.timeUs[i];
      if (marks[i] !== 0 || time < attack.startUs || time > attack.endUs + LATE_ANSWER_US) continue;
      const from = { ip: frames.src[i], port: frames.srcPort[i] };
      const to = { ip: frames.dst[i], port: frames.dstPort[i] };
      const protocol = frames.protocol[i];
      const belongs = tuples.some(
        (tuple) =>
          tuple.protocol === protocol &&
          ((time <= attack.endUs && runs(tuple, from, to, own)) || runs(tuple, to, from, own)),
      );
      if (belongs) marks[i] = index + 1;
    }
  });
  return marks;
}

/** What of each attack lies among these frames. */
export function attacksAmong(
  frames: Frames,
  marks: Uint8Array,
  run: RunFacts,
  chosen: Iterable<number>,
): CaptureAttack[] {
  const found = new Map<number, CaptureAttack>();
  for (const frame of chosen) {
    if (marks[frame] === 0) continue;
    const attack = marks[frame] - 1;
    const time = frames.timeUs[frame];
    const known = found.get(attack);
    found.set(attack, {
      attack,
      family: run.attacks[attack].family,
      packets: (known?.packets ?? 0) + 1,
      startUs: Math.min(known?.startUs ?? Infinity, time),
      endUs: Math.max(known?.endUs ?? -Infinity, time),
    });
  }
  return [...found.values()].toSorted((a, b) => a.attack - b.attack);
}

interface End {
  readonly ip: number;
  readonly port: number;
}

type NumericTuple = ReturnType<typeof asNumbers>;

function asNumbers(tuple: FiveTuple) {
  return { ...tuple, src: tuple.src === null ? null : addressNumber(tuple.src), dst: addressNumber(tuple.dst) };
}

function runs(tuple: NumericTuple, from: End, to: End, own: ReadonlySet<number>): boolean {
  return (
    to.ip === tuple.dst &&
    (tuple.src === null ? from.ip !== 0 && !own.has(from.ip) : from.ip === tuple.src) &&
    (tuple.srcPort === null || tuple.srcPort === from.port) &&
    (tuple.dstPort === null || tuple.dstPort === to.port)
  );
}
