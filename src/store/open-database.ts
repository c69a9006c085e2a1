import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ErrorCode, KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';
import type { Log } from '#core/log.ts';
import { migrate, SCHEMA_VERSION, schemaVersionOf } from './migrations.ts';
import { sqliteCodeOf } from './storage-error.ts';

/** `PRAGMA application_id` of our files ("KSEC"), so that another program's database is never taken for ours. */
const APPLICATION_ID = 0x4b534543;

/** SQLite's name for a database without a file. */
const IN_MEMORY = ':memory:';

/**
 * Opens the file, checks it, and brings its schema up to date. It is made when missing, with mode 0600.
 * @throws KubeSecureError `bad-input` (not ours, damaged, or of a newer version), `forbidden`, `unavailable`
 */
export function openDatabase(options: { path: string; log: Log; busyTimeoutMs: number }): DatabaseSync {
  const { path, log, busyTimeoutMs } = options;
  const doing = `opening the store ${path}`;
  let db: DatabaseSync | null = null;
  try {
    if (path !== IN_MEMORY) makePrivateFile(path);
    db = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    refuseForeign(db);
    if (path !== IN_MEMORY) tightenMode(path, log);
    // An alert that was acknowledged must outlive a power cut as well as kill -9. With WAL, NORMAL survives only the
    // latter, because it syncs at checkpoints; FULL costs one fsync per transaction, and there are few a second.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    checkIntegrity(db);
    prepareSchema(db);
    return db;
  } catch (error) {
    db?.close();
    throw openingError(doing, error);
  }
}

/** The file holds password hashes and a signing key. SQLite gives its -wal and -shm files the same mode. */
function makePrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a+', 0o600));
}

function tightenMode(path: string, log: Log): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  chmodSync(path, 0o600);
  log.warn({ path, mode: mode.toString(8) }, 'the store could be read by others; its mode is 0600 now');
}

/** Before anything is written: the file must be empty or ours, and no newer than this program. */
function refuseForeign(db: DatabaseSync): void {
  const id = Number(db.prepare('PRAGMA application_id').get()?.['application_id']);
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
  if (id !== APPLICATION_ID && (id !== 0 || tables > 0)) {
    throw new KubeSecureError('bad-input', 'it is the database of another program');
  }
  const version = schemaVersionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new KubeSecureError(
      'bad-input',
      `its schema is version ${version}, this program knows versions up to ${SCHEMA_VERSION}; use a newer kubesecure`,
    );
  }
}

function checkIntegrity(db: DatabaseSync): void {
  const rows = db.prepare('PRAGMA quick_check(3)').all();
  const problems = rows.map((row) => String(row['quick_check'])).filter((text) => text !== 'ok');
  if (problems.length > 0) throw damaged(problems.join('; '));
}

function prepareSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    migrate(db);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function damaged(detail: string): KubeSecureError {
  return new KubeSecureError('bad-input', `the file is damaged (${detail}); put a backup in its place or move it away`);
}

function openingError(doing: string, error: unknown): KubeSecureError {
  const { code, reason } = judge(error);
  return new KubeSecureError(code, `while ${doing}: ${reason}`, { cause: error });
}

function judge(error: unknown): { code: ErrorCode; reason: string } {
  if (error instanceof KubeSecureError) return { code: error.code, reason: error.message };
  const reason = reasonOf(error);
  const systemCode = systemCodeOf(error);
  if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode)) {
    return { code: 'forbidden', reason: `no permission to write there (${systemCode})` };
  }
  if (['ENOTDIR', 'EISDIR', 'EEXIST'].includes(systemCode)) return { code: 'bad-input', reason };
  switch (sqliteCodeOf(error)) {
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
      return { code: 'forbidden', reason: `the file cannot be written (${reason})` };
    case 11: // SQLITE_CORRUPT
      return { code: 'bad-input', reason: damaged(reason).message };
    case 26: // SQLITE_NOTADB
      return { code: 'bad-input', reason: 'the file is not a database' };
    default:
      return { code: 'unavailable', reason };
  }
}
