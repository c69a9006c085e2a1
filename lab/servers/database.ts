import { chown, cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOnce } from '../commands.ts';
import { asPostgres, postgresProgram, postgresUser, templateFolder } from './postgres-template.ts';
import type { Preparation, Server } from './server.ts';

/** Of the account `accounts.database`, with the table `orders` and pgbench's own tables at scale 1. */
export const DATABASE_NAME = 'shop';

/** PostgreSQL: one user, who logs in with a password (SCRAM). */
export async function prepareDatabase({ hosts, accounts, folder, random, kind }: Preparation): Promise<Server[]> {
  const { ip } = hosts.database;
  const { user, password } = accounts.database;
  const data = join(folder, 'data');
  await cp(await templateFolder(), data, { recursive: true });
  await writeFile(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 scram-sha-256\n');
  await giveToPostgres(data);
  // The server's own language on standard input, one statement a line, before it listens.
  const single = [await postgresProgram('postgres'), '--single', '-D', data, DATABASE_NAME];
  await runOnce(await asPostgres(single), accountStatements(user, password));

  const settings = {
    listen_addresses: ip,
    port: '5432',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    max_connections: String(random.pick([50, 100, 200])),
    autovacuum: 'off',
    password_encryption: 'scram-sha-256',
    authentication_timeout: kind === 'b' ? '20s' : '60s',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const argv = await asPostgres([await postgresProgram('postgres'), '-D', data, ...flags]);
  const question = psqlCommand(ip, accounts.database, 'select 1');
  return [{ host: hosts.database, argv, question }];
}

/** A command line that logs in, asks one question and leaves. */
export function psqlCommand(ip: string, account: { user: string; password: string }, sql: string): string[] {
  const login = ['psql', '-q', '-h', ip, '-U', account.user, '-d', DATABASE_NAME, '-c', sql];
  return ['env', `PGPASSWORD=${account.password}`, 'PGCONNECT_TIMEOUT=4', ...login];
}

function accountStatements(user: string, password: string): string {
  const tables = ['orders', 'pgbench_accounts', 'pgbench_branches', 'pgbench_history', 'pgbench_tellers'];
  return [
    `create role "${user}" login password '${password}'`,
    `alter schema public owner to "${user}"`,
    ...tables.map((table) => `alter table ${table} owner to "${user}"`),
    '',
  ].join('\n');
}

async function giveToPostgres(data: string): Promise<void> {
  const { uid, gid } = await postgresUser();
  const paths = await readdir(data, { recursive: true });
  for (const path of ['.', ...paths]) await chown(join(data, path), uid, gid);
}
