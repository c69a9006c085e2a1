import { SERVICES, type ServiceName } from '../addresses.ts';
import type { Random } from '../random.ts';

/** What a cluster has beside web, app, dns and monitor, and how many people come from outside. */
export interface Surroundings {
  readonly services: readonly ServiceName[];
  readonly visitors: number;
}

/** Each service is there in half of all clusters, and in any case where it is needed; visitors in two of three. */
export function drawSurroundings(
  random: Random,
  needed: { services?: readonly ServiceName[] | undefined; visitors?: number | undefined } = {},
): Surroundings {
  const services = SERVICES.filter((name) => random.chance(0.5) || needed.services?.includes(name) === true);
  const visitors = random.chance(0.65) ? random.integer(1, 6) : 0;
  return { services, visitors: Math.max(visitors, needed.visitors ?? 0) };
}
