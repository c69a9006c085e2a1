import type { Random } from '../random.ts';
import type { Play } from '../scenario.ts';
import type { Machine } from './machine.ts';
import { databaseUrl } from './pools.ts';
import { everyAbout } from './repeat.ts';
import { CURL } from './web-client.ts';

/** A job on a timer: some queries, now and then with large answers, and what came out is handed to the app. */
export function cronJob(from: Machine, random: Random, periodMs: number): Play {
  const queries = random.integer(1, 5);
  const mostRows = random.logBetween(10, 20_000);
  return everyAbout(random, periodMs, 0, async (lab, signal) => {
    const host = from(lab.hosts);
    for (let i = 0; i < queries; i++) {
      const rows = Math.round(random.logBetween(1, mostRows));
      const query = `SELECT n, md5(n::text) FROM generate_series(1, ${rows}) n`;
      await lab.run(host, ['psql', '-qAt', '-c', query, databaseUrl(lab)], signal);
    }
    const report = 'x'.repeat(Math.round(random.logBetween(100, 50_000)));
    await lab.run(host, [...CURL, '-d', report, `http://${lab.hosts.app.ip}:8000/api/reports`], signal);
  });
}
