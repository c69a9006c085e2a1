import type { Random } from '../random.ts';
import type { Attack, Footprint } from './attack.ts';
import type { Scene } from './scene.ts';
import type { Family } from '#core/family.ts';
import { createRandom } from '../random.ts';
import { ATTACKS } from './attacks.ts';
import { BENIGN_BEHAVIOURS, SHORT_BEHAVIOURS } from './ordinary/behaviours.ts';
import { SEGMENTS } from './conversation.ts';
import { drawAddress, drawCount, SERVICE_PORTS } from './scene.ts';
import { toPcap } from './wire.ts';

/** What in an invented capture was an attack. Times are of its first and last packet, microseconds since the epoch. */
export interface InventedAttack extends Footprint {
  readonly kind: string;
  readonly family: Family;
  readonly startUs: number;
  readonly endUs: number;
}

/** An invented capture: at most one attack, among ordinary traffic or alone. */
export interface InventedCapture {
  readonly pcap: Uint8Array;
  readonly attacks: readonly InventedAttack[];
}

const EPOCH_US = 1_700_000_000_000_000;
/** Where so few have been sent, somebody says something more. */
const FEWEST_PACKETS = 6;
/** Above so many packets nothing more begins. */
const MOST_PACKETS = 6000;
/** Room that is left for others' traffic beside an attack. */
const MOST_OF_ATTACK = 5000;

/**
 * A capture of its own little world, all of it drawn from the seed: which behaviours, how many hosts, how far apart,
 * how fast, whether and how somebody attacks. It widens what the lab's few servers and tools can show. Attacks of the
 * kinds in `without` (see ATTACK_KINDS) are not among those drawn from.
 */
export function inventCapture(
  seed: number,
  { without = [] }: { readonly without?: readonly string[] } = {},
): InventedCapture {
  const random = createRandom(seed);
  const world = createWorld(random);
  const kinds = [...new Set(ATTACKS.map(({ kind }) => kind))].filter((kind) => !without.includes(kind));
  if (random.chance(0.45) || kinds.length === 0) {
    playOrdinary(world, EPOCH_US + drawOrdinarySeconds(random) * 1e6);
    return { pcap: toPcap(world.wire), attacks: [] };
  }

  const kind = random.pick(kinds);
  const attack = random.pick(ATTACKS.filter((candidate) => candidate.kind === kind));
  const footprint = playAttack(world, attack, EPOCH_US + (random.chance(0.5) ? 0 : random.logBetween(0.1, 40) * 1e6));
  const startUs = world.wire.reduce((earliest, { us }) => Math.min(earliest, Math.floor(us)), Infinity);
  const endUs = world.wire.reduce((latest, { us }) => Math.max(latest, us), startUs);
  // An attack alone on the wire is as likely as one amid others' traffic.
  if (random.chance(0.6)) playBeside(world, footprint, endUs + random.pick([0, 0, random.logBetween(0.1, 20) * 1e6]));
  const { family } = attack;
  return { pcap: toPcap(world.wire), attacks: [{ ...footprint, kind, family, startUs, endUs }] };
}

/** What all scenes of one capture share. */
type World = Omit<Scene, 'startUs' | 'endUs' | 'untilUs' | 'most' | 'onlyClient' | 'onlyServer'> & {
  /** The machine whose own capture it is; null where it was taken in the midst of a network. */
  readonly host: number | null;
};

function createWorld(random: Random): World {
  return {
    random,
    wire: [],
    rttUs: random.logBetween(40, 60_000),
    loss: random.pick([0, 0, 0, 0.003, 0.02]),
    segment: random.chance(0.6) ? random.pick(SEGMENTS) : undefined,
    clients: [],
    servers: [],
    host: random.chance(0.5) ? drawAddress(random, 0.75) : null,
  };
}

function playAttack(world: World, attack: Attack, startUs: number): Footprint {
  const asClient = world.random.chance(0.5);
  return attack.play({
    ...world,
    startUs,
    endUs: Infinity,
    untilUs: Infinity,
    most: MOST_OF_ATTACK,
    onlyClient: asClient ? world.host : null,
    onlyServer: asClient ? null : world.host,
  });
}

/** Hours as well as seconds: a capture that is long is no attack for that. */
function drawOrdinarySeconds(random: Random): number {
  return random.chance(0.75) ? random.logBetween(0.3, 120) : random.logBetween(60, 12_000);
}

/** A few packets of one protocol as often as several behaviours at once. */
function playOrdinary(world: World, untilUs: number): void {
  const { random, wire } = world;
  if (random.chance(0.6)) {
    const behaviour = random.pick(random.chance(0.7) ? SHORT_BEHAVIOURS : BENIGN_BEHAVIOURS);
    const most = drawCount(random, 10, 600);
    for (let times = random.pick([1, 1, 2]); times > 0; times--)
      behaviour(ordinaryScene(world, EPOCH_US, untilUs, most));
  } else {
    playSeveral(world, random.integer(1, 4), untilUs);
  }
  while (wire.length < FEWEST_PACKETS) random.pick(SHORT_BEHAVIOURS)(ordinaryScene(world, EPOCH_US, untilUs, 100));
}

/** Others' traffic beside an attack; at times the attacker goes on with its own work, or the victim has ordinary visitors. */
function playBeside(world: World, { attackers, victims, port }: Footprint, untilUs: number): void {
  const { random } = world;
  if (random.chance(0.4)) world.clients.push(...attackers.slice(0, 3));
  else if (attackers.length > 0 && victims.length < 4)
    world.servers.push(...victims.map((ip) => ({ ip, port: port ?? random.pick(SERVICE_PORTS) })));
  // Where sources are invented, nobody else may talk to the victim: it could not be told apart.
  const host = attackers.length === 0 ? null : world.host;
  playSeveral({ ...world, host }, random.pick([1, 1, 2, 4]), untilUs);
}

function playSeveral(world: World, behaviours: number, untilUs: number): void {
  const { random, wire } = world;
  for (let i = 0; i < behaviours; i++) {
    const behaviour = random.pick(random.chance(0.35) ? SHORT_BEHAVIOURS : BENIGN_BEHAVIOURS);
    // In a long capture things happen now and then, not all the time.
    const longestUs = random.logBetween(5, 90) * 1e6;
    const pieces = Math.min(5, Math.ceil((untilUs - EPOCH_US) / longestUs));
    for (let piece = 0; piece < pieces; piece++) {
      const most = wire.length + Math.ceil((MOST_PACKETS - wire.length) / (behaviours - i) / (pieces - piece));
      const startUs = pieces === 1 ? EPOCH_US : random.between(EPOCH_US, untilUs);
      behaviour({ ...ordinaryScene(world, startUs, untilUs, most), endUs: Math.min(startUs + longestUs, untilUs) });
    }
  }
}

function ordinaryScene(world: World, startUs: number, untilUs: number, most: number): Scene {
  const asClient = world.random.chance(0.5);
  return {
    ...world,
    startUs,
    endUs: untilUs,
    untilUs,
    most,
    onlyClient: asClient ? world.host : null,
    onlyServer: asClient ? null : world.host,
  };
}
