import { type ErrorCode, KubeSecureError, reasonOf, systemCodeOf } from '#core/error.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that mean "not now" or "not at all". */
const UNAVAILABLE: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26]); // busy, locked, readonly, I/O, corrupt, full, cannot open, not a database

/** Primary result code of an error that came from SQLite; null for any other. */
export function sqliteCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** What a failed read or write of the store becomes: `unavailable` where trying again may help, else `internal`. */
export function storageError(doing: string, error: unknown): KubeSecureError {
  if (error instanceof KubeSecureError) return error;
  const code = sqliteCodeOf(error);
  const closed = systemCodeOf(error) === 'ERR_INVALID_STATE';
  const kind: ErrorCode = closed || (code !== null && UNAVAILABLE.has(code)) ? 'unavailable' : 'internal';
  return new KubeSecureError(kind, `while ${doing}: ${reasonOf(error)}`, { cause: error });
}
