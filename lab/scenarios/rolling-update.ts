import type { Random } from '../random.ts';
import type { Activity, Scenario, TimeWindow } from '../scenario.ts';
import { backgroundActivities, drawBackground } from '../traffic/background.ts';
import { clientAt } from '../traffic/machine.ts';
import { pullImage } from '../traffic/outside.ts';
import { callPods, probePod, stopAnswering, type Replica, servePod } from '../traffic/pod.ts';
import { natsPool, postgresPool, redisPool } from '../traffic/pools.ts';
import { drawSurroundings } from '../traffic/surroundings.ts';

export const rollingUpdate: Scenario = {
  name: 'rolling-update',
  family: 'benign',
  summary: 'pods go and others come at new addresses, one by one: refused connections, resets, pools opened anew',
  plan(random, { quick }) {
    const durationMs = quick ? 10_000 : random.integer(35, 60) * 1_000;
    const callers = random.integer(2, 4);
    const replicas = random.integer(2, quick ? 3 : 7);
    const clients = callers + 2 * replicas;
    const lagMs = random.logBetween(100, quick ? 1_500 : 5_000);
    const vanish = random.chance(0.3);
    const requestsPerSecond = random.logBetween(1, 40);
    const probeMs = random.pick([1_000, 2_000, 5_000]);

    const { services, visitors } = drawSurroundings(random);
    const day = drawBackground(random, random.between(0.3, 0.6), { services, visitors });
    const pods = drawReplicas(random, { durationMs, callers, replicas });
    const pulls = services.includes('remote') && random.chance(0.7);
    return {
      parameters: {
        ...day,
        callers,
        replicas,
        lagMs,
        vanish,
        requestsPerSecond,
        probeMs,
        visitors,
        services: services.join(' '),
      },
      durationMs,
      clients,
      attackers: 0,
      visitors,
      services,
      activities: [
        ...backgroundActivities(random, day, { durationMs, clients: callers, visitors }),
        ...pods.flatMap((pod, index) => {
          const own = random.fork(`pod ${index}`);
          return [
            { ...pod, play: servePod(clientAt(pod.client), own) },
            { ...probed(pod, durationMs), play: probePod(pod.client, probeMs) },
            ...openPools(own, pod, services),
            ...(vanish && pod.endMs < durationMs
              ? [{ startMs: pod.endMs - 20, endMs: durationMs, play: stopAnswering(pod.client) }]
              : []),
            ...(pulls && pod.startMs > 0 ? [pullFor(own, pod)] : []),
          ];
        }),
        ...Array.from({ length: callers }, (_, index): Activity => {
          const own = random.fork(`caller ${index}`);
          const settings = { requestsPerSecond, lagMs, keepAlive: own.chance(0.7), seed: own.integer(1, 1_000_000) };
          return { startMs: 0, endMs: durationMs, play: callPods(clientAt(index), pods, settings) };
        }),
      ],
      attacks: [],
    };
  },
};

/** Old replicas on the machines after the callers', each replaced by one of the machines after those. */
function drawReplicas(
  random: Random,
  { durationMs, callers, replicas }: { durationMs: number; callers: number; replicas: number },
): Replica[] {
  const beginMs = durationMs * random.between(0.15, 0.35);
  const stepMs = (durationMs * random.between(0.3, 0.5)) / replicas;
  // Some deployments start the new pod first, some stop the old one first.
  const overlapMs = random.between(-2_000, 3_000);
  return Array.from({ length: replicas }, (_, index): Replica[] => {
    const turnMs = beginMs + index * stepMs + random.between(0, stepMs * 0.3);
    return [
      { client: callers + index, startMs: 0, endMs: turnMs },
      { client: callers + replicas + index, startMs: Math.max(500, turnMs - overlapMs), endMs: durationMs },
    ];
  }).flat();
}

/** The node probes a pod from a little before it answers to a little after it is gone. */
function probed(pod: Replica, durationMs: number): TimeWindow {
  return { startMs: Math.max(0, pod.startMs - 1_000), endMs: Math.min(durationMs, pod.endMs + 500) };
}

/** What a pod connects to when it starts. */
function openPools(random: Random, pod: Replica, services: readonly string[]): Activity[] {
  const pools = { cache: redisPool, database: postgresPool, queue: natsPool };
  const chosen = (['cache', 'database', 'queue'] as const).filter(
    (name) => services.includes(name) && random.chance(0.4),
  );
  return chosen.map((name) => ({ ...pod, play: pools[name](clientAt(pod.client), { random, pace: 0.5 }) }));
}

/** Its image, pulled by the node before it starts. */
function pullFor(random: Random, pod: Replica): Activity {
  const image = { bytes: random.logBetween(5e5, 8e6), bytesPerSecond: 3e6, layers: random.integer(1, 5) };
  const startMs = Math.max(0, pod.startMs - 4_000);
  return { startMs, endMs: pod.endMs, play: pullImage((hosts) => hosts.gateway, random, image) };
}
