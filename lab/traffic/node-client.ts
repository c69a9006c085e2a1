import { join } from 'node:path';
import type { Lab, Play } from '../scenario.ts';
import type { EventsSettings, HttpSettings, PoolSettings, ResolverSettings, RpcSettings } from './clients/settings.ts';
import type { Machine } from './machine.ts';

/** The lab's own client programs, for what no tool at hand does. */
interface Programs {
  readonly http: HttpSettings;
  readonly pool: PoolSettings;
  readonly rpc: RpcSettings;
  readonly resolver: ResolverSettings;
  readonly 'events-client': EventsSettings;
}

const FOLDER = join(import.meta.dirname, 'clients');

/** Runs one of them on a machine until the activity's end; its settings may need the lab's addresses. */
export function nodeClient<Name extends keyof Programs>(
  from: Machine,
  program: Name,
  settings: (lab: Lab) => Programs[Name],
): Play {
  return async (lab, signal) => {
    const argv = [process.execPath, join(FOLDER, `${program}-main.ts`), JSON.stringify(settings(lab))];
    await lab.run(from(lab.hosts), argv, signal);
  };
}

/** The events server on a machine, until the activity's end. `pace` 0.1: a tenth of the events. */
export function eventsServer(on: Machine, seed: number, pace: number): Play {
  return async (lab, signal) => {
    const host = on(lab.hosts);
    const argv = [process.execPath, join(FOLDER, 'events-server-main.ts'), host.ip, String(seed), String(pace)];
    await lab.run(host, argv, signal);
  };
}
