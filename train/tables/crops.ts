/**
 * In: the frames of a run's capture and its truth. Out: which frames short captures would have held that somebody took
 * with tcpdump on one machine of it: the kind of file a person tries a detector on first.
 */
import type { Random } from '../random.ts';
import type { Frames } from './pcap-frames.ts';
import type { CaptureKind, RunFacts } from './table-format.ts';
import { addressNumber } from '../../lab/pcap.ts';

/** One short capture. */
export interface Crop {
  readonly kind: Exclude<CaptureKind, 'whole'>;
  /** One or two addresses, as numbers, whose packets were selected. */
  readonly machines: readonly number[];
  /** Indices of the run's frames, in order. */
  readonly frames: readonly number[];
}

/** What is to be drawn: around whom, how cut. */
interface Wish {
  readonly about: 'attacker' | 'victim' | 'attack' | 'machine' | 'conversation';
  readonly cut: 'first' | 'window';
}

/** For a run with an attack: most begin with it. */
const ATTACK_WISHES: readonly Wish[] = [
  { about: 'attack', cut: 'first' },
  { about: 'attack', cut: 'first' },
  { about: 'attacker', cut: 'first' },
  { about: 'victim', cut: 'first' },
  { about: 'victim', cut: 'first' },
  { about: 'attack', cut: 'window' },
  { about: 'attacker', cut: 'window' },
  { about: 'victim', cut: 'window' },
  { about: 'machine', cut: 'window' },
  { about: 'machine', cut: 'first' },
  { about: 'conversation', cut: 'first' },
];

const ORDINARY_WISHES: readonly Wish[] = [
  { about: 'conversation', cut: 'first' },
  { about: 'conversation', cut: 'first' },
  { about: 'conversation', cut: 'window' },
  { about: 'machine', cut: 'first' },
  { about: 'machine', cut: 'first' },
  { about: 'machine', cut: 'window' },
  { about: 'machine', cut: 'window' },
  { about: 'machine', cut: 'window' },
];

const FIRST_PACKETS = { least: 20, most: 500 };
const WINDOW_US = { least: 2e6, most: 30e6 };
/** A window of a flood ends here: the rest says nothing new. */
const MOST_PACKETS = 1_000;
const LEAST_PACKETS = 4;
/** A crop about an attack should hold so much of it; the best of a few tries is taken. */
const WANTED_ATTACK_PACKETS = 12;
const TRIES = 5;

/** Draws at most ten crops. `marks` as markAttackPackets says. The same stream gives the same crops. */
export function drawCrops(frames: Frames, marks: Uint8Array, run: RunFacts, random: Random): Crop[] {
  const scene = sceneOf(frames, marks, run);
  const wishes = scene.attackFrames.length > 0 ? ATTACK_WISHES : ORDINARY_WISHES;
  return wishes.flatMap((wish) => {
    let best = drawCrop(scene, wish, random);
    for (let tries = 1; tries < TRIES && !isEnough(best, wish, marks); tries++) {
      const other = drawCrop(scene, wish, random);
      if (isBetter(other, best, marks)) best = other;
    }
    return best.frames.length >= LEAST_PACKETS ? [best] : [];
  });
}

interface Scene {
  readonly frames: Frames;
  readonly marks: Uint8Array;
  readonly attackFrames: readonly number[];
  /** Pairs of machines that talk in an ordinary way, and the machines among them that are in no attack where there are such. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly machines: readonly number[];
  readonly victims: ReadonlySet<number>;
  /** Machines of the lab. */
  readonly own: ReadonlySet<number>;
}

function sceneOf(frames: Frames, marks: Uint8Array, run: RunFacts): Scene {
  const own = new Set(run.hosts.map(({ ip }) => addressNumber(ip)));
  const inAttack = new Set<number>();
  const attackFrames: number[] = [];
  const pairs = new Map<string, readonly [number, number]>();
  for (let i = 0; i < frames.count; i++) {
    const { src, dst } = { src: frames.src[i], dst: frames.dst[i] };
    if (marks[i] !== 0) {
      attackFrames.push(i);
      inAttack.add(src).add(dst);
    } else if (frames.opens[i] === 1 && own.has(src) && own.has(dst)) {
      pairs.set(src < dst ? `${src} ${dst}` : `${dst} ${src}`, [src, dst]);
    }
  }
  const machines = [...new Set([...pairs.values()].flat())];
  const bystanders = machines.filter((machine) => !inAttack.has(machine));
  return {
    frames,
    marks,
    attackFrames,
    pairs: [...pairs.values()],
    own,
    machines: bystanders.length > 0 ? bystanders : machines,
    victims: new Set(run.attacks.flatMap(({ victims }) => victims.map(({ ip }) => addressNumber(ip)))),
  };
}

function drawCrop(scene: Scene, wish: Wish, random: Random): Crop {
  const { frames } = scene;
  const machines = drawMachines(scene, wish, random);
  const selected: number[] = [];
  for (let i = 0; i < frames.count; i++) if (isOf(frames, i, machines)) selected.push(i);
  const fromUs = drawStart(scene, wish, selected, random);
  const clean = random.chance(0.7);
  const untilUs =
    wish.cut === 'window' ? fromUs + random.logBetween(WINDOW_US.least, WINDOW_US.most) : Number.POSITIVE_INFINITY;
  const most =
    wish.cut === 'window' ? MOST_PACKETS : Math.round(random.logBetween(FIRST_PACKETS.least, FIRST_PACKETS.most));
  const kept = cut(frames, selected, { fromUs, untilUs, most, clean });
  return { kind: kindOf(wish, machines), machines, frames: kept };
}

function kindOf(wish: Wish, machines: readonly number[]): Crop['kind'] {
  if (wish.cut === 'first') return 'first';
  return machines.length === 2 ? 'pair' : 'machine';
}

function isOf({ src, dst }: Frames, frame: number, [one, other]: readonly number[]): boolean {
  if (other === undefined) return src[frame] === one || dst[frame] === one;
  return (src[frame] === one && dst[frame] === other) || (src[frame] === other && dst[frame] === one);
}

/** With invented sources there is no attacker to stand at, and no pair that says anything: the victim stands in. */
function drawMachines(scene: Scene, wish: Wish, random: Random): number[] {
  const { frames, attackFrames, pairs, machines, victims, own } = scene;
  if (wish.about === 'machine' && machines.length > 0) return [random.pick(machines)];
  if (wish.about === 'conversation' && pairs.length > 0) return [...random.pick(pairs)];
  if (attackFrames.length === 0) return frames.count > 0 ? [frames.src[random.integer(0, frames.count - 1)]] : [0];

  const frame = random.pick(attackFrames);
  const ends = [frames.src[frame], frames.dst[frame]];
  const victim = victims.has(ends[1]) ? ends[1] : ends[0];
  const attacker = victim === ends[0] ? ends[1] : ends[0];
  if (wish.about === 'victim' || !own.has(attacker)) return [victim];
  return wish.about === 'attacker' ? [attacker] : [attacker, victim];
}

/** At the attack's first packet or a little before, or now and then anywhere; ordinary crops at a conversation's start. */
function drawStart({ frames, marks }: Scene, wish: Wish, selected: readonly number[], random: Random): number {
  if (selected.length === 0) return 0;
  const timeOf = (frame: number) => frames.timeUs[frame];
  if (random.chance(0.15)) return timeOf(random.pick(selected));
  const starts = selected.filter((frame) => frames.opens[frame] === 1);
  if (wish.about === 'machine' || wish.about === 'conversation')
    return timeOf(random.pick(starts.length > 0 ? starts : selected));

  const first = timeOf(selected.find((frame) => marks[frame] !== 0) ?? selected[0]);
  return random.chance(0.5) ? first : first - random.between(0, 2e6);
}

/** `clean`: only conversations that begin within the crop. */
function cut(
  frames: Frames,
  selected: readonly number[],
  options: { fromUs: number; untilUs: number; most: number; clean: boolean },
): number[] {
  const begun = new Set<number>();
  const kept: number[] = [];
  for (const frame of selected) {
    const time = frames.timeUs[frame];
    if (time < options.fromUs) continue;
    if (time > options.untilUs || kept.length >= options.most) break;
    if (frames.opens[frame] === 1) begun.add(frames.conversation[frame]);
    if (!options.clean || begun.has(frames.conversation[frame])) kept.push(frame);
  }
  return kept;
}

function isEnough(crop: Crop, wish: Wish, marks: Uint8Array): boolean {
  if (crop.frames.length < LEAST_PACKETS) return false;
  const isOrdinary = wish.about === 'machine' || wish.about === 'conversation';
  return isOrdinary || attackPackets(crop, marks) >= WANTED_ATTACK_PACKETS;
}

function isBetter(crop: Crop, than: Crop, marks: Uint8Array): boolean {
  const more = attackPackets(crop, marks) - attackPackets(than, marks);
  return more > 0 || (more === 0 && crop.frames.length > than.frames.length);
}

function attackPackets(crop: Crop, marks: Uint8Array): number {
  return crop.frames.filter((frame) => marks[frame] !== 0).length;
}
