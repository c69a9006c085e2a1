import type { Family } from '#core/family.ts';
import type { Host, HostCounts, Hosts } from './addresses.ts';
import type { LabKind } from './lab-kind.ts';
import type { Random } from './random.ts';
import type { Truth, TruthAttack } from './truth.ts';

/** A user of one service. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** Who may log in where: drawn anew for each run, long enough that no word list has them. */
export interface Accounts {
  /** PostgreSQL; its database is named `shop`. */
  readonly database: Account;
  /** Redis; the user is `default`. */
  readonly cache: Account;
  /** NATS. */
  readonly queue: Account;
  /** sshd on bastion. */
  readonly bastion: Account;
  /** sshd on remote. */
  readonly remote: Account;
}

/** A lab whose network and servers are up, as activities see it. */
export interface Lab {
  readonly kind: LabKind;
  readonly hosts: Hosts;
  readonly accounts: Accounts;
  /** A folder of this run's own, removed after it. */
  readonly scratch: string;
  /** Runs a program on a machine until it ends or the signal aborts; null: it was stopped. */
  run(host: Host, argv: readonly string[], signal: AbortSignal): Promise<number | null>;
}

/** What an activity does: ends by itself, or soon after the signal aborts. */
export type Play = (lab: Lab, signal: AbortSignal) => Promise<void>;

/** A part of a run, in milliseconds since the run's start. */
export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** Something that goes on within its window: it is told to end when the window is over. */
export interface Activity extends TimeWindow {
  readonly play: Play;
}

/** An activity that is an attack, and how its packets are told apart. */
export interface Attack extends Activity {
  readonly family: Family;
  /** What it will look like on the wire, given the addresses. */
  footprint(hosts: Hosts): Pick<TruthAttack, 'attackers' | 'victims' | 'fiveTuples'>;
}

/**
 * One run, drawn from a seed: everything but the addresses and the exact times of packets. Its `HostCounts` say which
 * machines there are beside web, app, dns and monitor.
 */
export interface Plan extends HostCounts {
  readonly parameters: Truth['parameters'];
  readonly durationMs: number;
  /** Whether it takes so much of the machine that no other heavy run may go on beside it. */
  readonly heavy?: boolean;
  readonly activities: readonly Activity[];
  readonly attacks: readonly Attack[];
}

/** A kind of run. `plan` is pure: the same stream gives the same plan. `quick` asks for about ten seconds. */
export interface Scenario {
  readonly name: string;
  readonly family: Family | 'benign';
  /** One sentence for `--help` and the README. */
  readonly summary: string;
  plan(random: Random, options: { quick: boolean }): Plan;
}
