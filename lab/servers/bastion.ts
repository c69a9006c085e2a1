import type { Preparation, Server } from './server.ts';
import { prepareSshd } from './sshd.ts';

/** The machine that administrators log in to. */
export async function prepareBastion(preparation: Preparation): Promise<Server[]> {
  return [await prepareSshd(preparation, preparation.hosts.bastion, preparation.accounts.bastion)];
}
