import type { DatabaseSync } from 'node:sqlite';
import { storageError } from './storage-error.ts';

/** The open file, and the two ways to use it. Both are synchronous inside: nothing comes between their statements. */
export interface Database {
  readonly sqlite: DatabaseSync;
  /** All of `work` happens, durably, or none of it. `doing` names it in errors. */
  write<T>(doing: string, work: () => T): Promise<T>;
  read<T>(doing: string, work: () => T): Promise<T>;
}

export function createDatabase(sqlite: DatabaseSync): Database {
  return {
    sqlite,
    async write(doing, work) {
      try {
        sqlite.exec('BEGIN IMMEDIATE');
        const result = work();
        sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        if (sqlite.isOpen && sqlite.isTransaction) sqlite.exec('ROLLBACK');
        throw storageError(doing, error);
      }
    },
    async read(doing, work) {
      try {
        return work();
      } catch (error) {
        throw storageError(doing, error);
      }
    },
  };
}
