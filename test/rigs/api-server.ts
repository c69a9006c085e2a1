import { afterAll, beforeAll } from 'vitest';
import { API_SERVER, needs, type Needs } from '../../testbed/needs.ts';
import { startTestbed, type Testbed } from '../../testbed/testbed.ts';
import { type ApiRig, createApiRig } from './api-rig.ts';

/** A real API server for the tests of one file. */
export interface ApiServer extends Pick<Needs, 'test'> {
  readonly testbed: Testbed;
  readonly rig: ApiRig;
  /** A new namespace with the Ingress `web` in it; its name. */
  readonly namespaceWith: (annotations?: Record<string, string>) => Promise<string>;
}

/** Starts an API server before the file's tests and ends it after them; `who` begins the names of its namespaces. */
export async function useApiServer(who: string): Promise<ApiServer> {
  const { test } = await needs(who, ...API_SERVER);
  let running: { testbed: Testbed; rig: ApiRig } | null = null;
  let made = 0;

  function started(): { testbed: Testbed; rig: ApiRig } {
    if (running === null) throw new Error('the API server is started before the first test, not before');
    return running;
  }

  beforeAll(async () => {
    const testbed = await startTestbed();
    running = { testbed, rig: await createApiRig(testbed.kubeconfigPath) };
  });
  afterAll(() => running?.testbed.stop());

  return {
    test,
    get testbed() {
      return started().testbed;
    },
    get rig() {
      return started().rig;
    },
    async namespaceWith(annotations) {
      const name = `${who}-${++made}`;
      await started().rig.createNamespace(name);
      await started().rig.createIngress(name, annotations);
      return name;
    },
  };
}
