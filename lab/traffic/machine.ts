import type { Host, Hosts } from '../addresses.ts';

/** Which machine a piece of traffic starts at or goes to: plans are drawn before addresses are. */
export type Machine = (hosts: Hosts) => Host;

/** The inside client of that number, from 0. */
export function clientAt(index: number): Machine {
  return (hosts) => hosts.clients[index];
}

/** The visitor from outside of that number, from 0. */
export function visitorAt(index: number): Machine {
  return (hosts) => hosts.visitors[index];
}
