import { join } from 'node:path';
import { ask, type Preparation, type Server } from './server.ts';

const APP_MAIN = join(import.meta.dirname, 'app-main.ts');

/** The service behind the ingress. */
export function prepareApp({ hosts, random, kind }: Preparation): Promise<Server[]> {
  const { ip } = hosts.app;
  const argv = [process.execPath, APP_MAIN, ip, '8000', String(random.integer(1, 1_000_000)), kind];
  return Promise.resolve([{ host: hosts.app, argv, question: ask(`http://${ip}:8000/healthz`) }]);
}
