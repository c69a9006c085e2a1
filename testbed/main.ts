// In: `up | down | env | parts` and options. Out: only KEY=VALUE lines on stdout, everything else on stderr.

import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { exitCodeOf, KubeSecureError, reasonOf } from '#core/error.ts';

import { cacheFolder } from './parts/cache.ts';
import { installParts } from './install-parts.ts';
import { findTestbed, startTestbed, stopTestbed, type Testbed } from './testbed.ts';

const USAGE = `usage: npm run testbed -- up [--traefik] | down | env | parts   [--state DIR]

  up         start etcd and kube-apiserver on loopback and print KUBECONFIG=
  --traefik  also a web server with Traefik before it, and print TRAEFIK_URL= (needs root)
  env        print the lines again; exit 1 if nothing is up
  down       end what up started
  parts      install, fetch and build everything the tests run (as root on Debian or Ubuntu)
  --state    the folder that makes a testbed this one and no other (or KUBESECURE_TESTBED_STATE)`;

async function run(): Promise<void> {
  const { command, traefik, folder } = readCommandLine();
  switch (command) {
    case 'up':
      print(await startTestbed({ stateDir: folder, traefik, progress }));
      return;
    case 'env': {
      const testbed = findTestbed(folder);
      if (testbed === null) throw new KubeSecureError('unavailable', `while looking in ${folder}: no testbed is up`);
      print(testbed);
      return;
    }
    case 'down':
      progress((await stopTestbed(folder, progress)) ? `ended the testbed in ${folder}` : `no testbed in ${folder}`);
      return;
    case 'parts':
      report(await installParts(progress));
      return;
    default:
      throw new KubeSecureError('usage', USAGE);
  }
}

function readCommandLine(): { command: string; traefik: boolean; folder: string } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { traefik: { type: 'boolean', default: false }, state: { type: 'string' } },
    });
    const [command = '', ...rest] = positionals;
    if (rest.length > 0) throw new KubeSecureError('usage', USAGE);
    const folder = values.state ?? process.env['KUBESECURE_TESTBED_STATE'];
    return { command, traefik: values.traefik, folder: folder || join(cacheFolder(), 'testbed') };
  } catch (cause) {
    throw new KubeSecureError('usage', `${reasonOf(cause)}\n${USAGE}`, { cause });
  }
}

function print(testbed: Testbed): void {
  console.log(`KUBECONFIG=${testbed.kubeconfigPath}`);
  if (testbed.traefik === null) return;
  console.log(`TRAEFIK_URL=${testbed.traefik.url}`);
  console.log(`TRAEFIK_ACCESS_LOG=${testbed.traefik.accessLogPath}`);
}

function report(missing: string[]): void {
  if (missing.length === 0) {
    progress('every part the tests run is here');
    return;
  }
  progress(`MISSING: ${missing.join(', ')}. Tests that run them will be skipped.`);
  if (process.env['CI'] === 'true') process.exitCode = 1;
}

function progress(line: string): void {
  console.error(`testbed: ${line}`);
}

try {
  await run();
} catch (error) {
  progress(reasonOf(error));
  process.exitCode = exitCodeOf(error);
}
