import type { Host, Hosts } from '../addresses.ts';
import type { LabKind } from '../lab-kind.ts';
import type { Random } from '../random.ts';
import type { Accounts } from '../scenario.ts';

/** A server as it is started and asked. */
export interface Server {
  readonly host: Host;
  readonly argv: readonly string[];
  /** A command that ends with 0 once the server answers; the gateway runs it. */
  readonly question: readonly string[];
}

/** What preparing a server takes. */
export interface Preparation {
  readonly hosts: Hosts;
  readonly accounts: Accounts;
  readonly kind: LabKind;
  /** A folder of this server's own, which everyone may enter. */
  readonly folder: string;
  readonly random: Random;
}

/** A question for a web server. */
export function ask(url: string, ...flags: string[]): string[] {
  return ['curl', '-s', '-k', '--max-time', '2', ...flags, url];
}
