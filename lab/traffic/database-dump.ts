import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import type { Transfer } from './outside.ts';
import { databaseUrl } from './pools.ts';

const ROW_BYTES = 200;

/**
 * A logical dump of one table: PostgreSQL's COPY, in pieces of a second each so that it keeps its rate, as dumps do that
 * are told to leave the database room for others.
 */
export function dumpDatabase(from: Machine, dump: Transfer): Play {
  const rows = Math.max(1, Math.round(dump.bytesPerSecond / ROW_BYTES));
  const pieces = Math.max(1, Math.round(dump.bytes / dump.bytesPerSecond));
  const copy = `COPY (SELECT n, repeat(md5(n::text), 6) FROM generate_series(1, ${rows}) n) TO STDOUT`;
  const steps = Array.from({ length: pieces }, () => ['-c', copy, '-c', 'SELECT pg_sleep(0.9)']).flat();
  return async (lab, signal) => {
    await lab.run(from(lab.hosts), ['psql', '-qAt', ...steps, databaseUrl(lab)], signal);
  };
}
