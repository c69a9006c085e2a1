import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { REMOTE_NAME } from './dnsmasq.ts';
import { ask, type Preparation, type Server } from './server.ts';
import { prepareSshd } from './sshd.ts';

const REMOTE_MAIN = join(import.meta.dirname, 'remote-main.ts');

/** Takes whatever is sent, says nothing. */
export const SINK_PORT = 9_000;
/** `GET` of this path with a number of bytes after it is answered with so many. Any `PUT` or `POST` is read and forgotten. */
export const BLOB_PATH = '/blob/';

/** A machine on the internet: HTTP and HTTPS, a sink, sshd. */
export async function prepareRemote(preparation: Preparation): Promise<Server[]> {
  const { hosts, accounts, folder, random } = preparation;
  const { ip } = hosts.remote;
  await makeCertificate(folder, REMOTE_NAME);
  const argv = [process.execPath, REMOTE_MAIN, ip, folder, String(random.integer(1, 1_000_000))];
  const server = { host: hosts.remote, argv, question: ask(`https://${ip}/`) };
  return [server, await prepareSshd(preparation, hosts.remote, accounts.remote)];
}
