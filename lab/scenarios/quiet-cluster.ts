import { SERVICES } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Activity, Play, Scenario } from '../scenario.ts';
import { habitActivities } from '../traffic/background.ts';
import { HABITS } from '../traffic/habits.ts';
import { probeHealth, scrapeMetrics } from '../traffic/housekeeping.ts';
import { clientAt, type Machine } from '../traffic/machine.ts';
import { lookUpNames } from '../traffic/name-look-ups.ts';
import { browse, browseInParallel, fetchOneByOne } from '../traffic/web-client.ts';

/** What happens once in a while happens once in such a time; pools are opened anew. */
const ROUND_MS = 600_000;

/** For benign hours: long, so it runs only when it is named. */
export const quietCluster: Scenario = {
  name: 'quiet-cluster',
  family: 'benign',
  summary: '25 to 40 clients and every service at low rates for 10 to 60 minutes (only when named)',
  plan(random, { quick }) {
    const durationMs = quick ? 10_000 : Math.round(random.logBetween(10, 60)) * 60_000;
    const clients = random.integer(25, 40);
    const visitors = random.integer(2, 6);
    const pace = random.logBetween(0.05, 0.4);
    const probePeriodMs = random.pick([5_000, 10_000, 10_000]);
    const scrapePeriodMs = random.pick([10_000, 15_000, 30_000]);
    const whole = (play: Play): Activity => ({ startMs: 0, endMs: durationMs, play });
    const rounds = Array.from({ length: Math.ceil(durationMs / ROUND_MS) }, (_, index) => index * ROUND_MS);

    return {
      parameters: { clients, visitors, pace, probePeriodMs, scrapePeriodMs, minutes: durationMs / 60_000 },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services: SERVICES,
      activities: [
        ...Array.from({ length: clients }, (_, index) =>
          ordinaryLife(clientAt(index), random.fork(`client ${index}`), pace).map(whole),
        ).flat(),
        whole(probeHealth(probePeriodMs)),
        whole(scrapeMetrics(scrapePeriodMs)),
        ...rounds.flatMap((startMs, index) => {
          const roundMs = Math.min(ROUND_MS, durationMs - startMs);
          const context = { durationMs: roundMs, clients, visitors, pace };
          return drawRound(random.fork(`round ${index}`), context).map((activity) => ({
            ...activity,
            startMs: startMs + activity.startMs,
            endMs: startMs + activity.endMs,
          }));
        }),
      ],
      attacks: [],
    };
  },
};

/** What each machine does all the time: it looks names up, and most call others now and then. */
function ordinaryLife(from: Machine, random: Random, pace: number): Play[] {
  const calls = random.pick([
    () => [browse(from, random, pace)],
    () => [browseInParallel(from, random, pace)],
    () => [fetchOneByOne(from, random, random.logBetween(500, 5_000) / pace)],
    () => [],
  ])();
  return [lookUpNames(from, random, random.logBetween(2_000, 20_000) / pace), ...calls];
}

/** Most habits, some of them twice. */
function drawRound(random: Random, context: Parameters<typeof habitActivities>[2]): Activity[] {
  const names = HABITS.map((habit) => habit.name);
  const chosen = [0, 1].map((turn) => names.filter(() => random.chance(turn === 0 ? 0.85 : 0.25)));
  return chosen.flatMap((list, turn) => habitActivities(random.fork(`turn ${turn}`), list, context));
}
