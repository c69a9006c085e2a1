import { access, chmod, chown, cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeSecureError, systemCodeOf } from '#core/error.ts';
import { cacheFolder } from '../../testbed/parts/cache.ts';
import { runOnce } from '../commands.ts';
import { LAB_PREFIX } from '../owner.ts';

const DEBIAN_ROOT = '/usr/lib/postgresql';
/** Goes into the name in the cache: what is in the template may change. */
const TEMPLATE_VERSION = 1;
let template: Promise<string> | null = null;

/** A data folder with the database `shop`, its tables and no user; made once on this machine, to be copied. */
export function templateFolder(): Promise<string> {
  template ??= findOrMake();
  return template;
}

/** A command line that runs another one as the user of Debian's package: the server refuses root. */
export async function asPostgres(argv: readonly string[]): Promise<string[]> {
  const { uid, gid } = await postgresUser();
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...argv];
}

/** Ids of the user `postgres`. */
export async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const [, , uid, gid] = (await runOnce(['getent', 'passwd', 'postgres'])).split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Full path of a program of the newest PostgreSQL here: Debian keeps them off the PATH. */
export async function postgresProgram(name: string): Promise<string> {
  return join(DEBIAN_ROOT, await newestVersion(), 'bin', name);
}

async function newestVersion(): Promise<string> {
  const versions = (await readdir(DEBIAN_ROOT).catch(() => [])).map(Number).filter((version) => version > 0);
  if (versions.length === 0) {
    throw new KubeSecureError('usage', `while looking for PostgreSQL: nothing in ${DEBIAN_ROOT}`);
  }
  return String(Math.max(...versions));
}

async function findOrMake(): Promise<string> {
  const folder = join(cacheFolder(), `lab-postgres-${await newestVersion()}-${TEMPLATE_VERSION}`);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) await make(folder);
  return folder;
}

async function make(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), `${LAB_PREFIX}-${process.pid}-postgres-`));
  try {
    const { uid, gid } = await postgresUser();
    await chown(work, uid, gid);
    const data = join(work, 'data');
    await runOnce(await asPostgres([await postgresProgram('initdb'), '-D', data, '-A', 'trust', '-N', '--locale=C']));
    await fill(data, work);
    await mkdir(cacheFolder(), { recursive: true });
    await chmod(work, 0o700);
    const beside = `${folder}.${process.pid}`;
    await cp(data, beside, { recursive: true });
    await rename(beside, folder).catch(async (error: unknown) => {
      await rm(beside, { recursive: true });
      // Another lab was faster, with the same content.
      if (systemCodeOf(error) !== 'ENOTEMPTY') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Starts the server on a socket in `work`, makes database and tables, and stops it. */
async function fill(data: string, work: string): Promise<void> {
  const control = async (...argv: string[]) =>
    runOnce(await asPostgres([await postgresProgram('pg_ctl'), '-D', data, '-w', '-s', ...argv]));
  const socket = ['-h', work, '-U', 'postgres'];
  await control(
    '-o',
    `-c listen_addresses= -c unix_socket_directories=${work} -c fsync=off`,
    '-l',
    join(work, 'log'),
    'start',
  );
  try {
    const create = 'create table orders (id serial primary key, item text not null, placed timestamptz default now())';
    const rows = "insert into orders (item) select 'tea ' || n from generate_series(1, 1000) n";
    await runOnce(['psql', ...socket, '-q', '-c', 'create database shop']);
    await runOnce(['psql', ...socket, '-d', 'shop', '-q', '-c', create, '-c', rows]);
    await runOnce(['pgbench', ...socket, '-i', '-q', '-s', '1', 'shop']);
  } finally {
    await control('-m', 'fast', 'stop');
  }
}
