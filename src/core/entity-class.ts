import { SERVICE_KINDS, serviceKindIndex } from './service-kind.ts';

/**
 * What is ordinary differs between those who ask and those who answer, and between kinds of services: each class has its
 * own calibration.
 */
export const ENTITY_CLASSES = ['client', 'server-dns', 'server-web', 'server-login', 'server-other'] as const;
export type EntityClass = (typeof ENTITY_CLASSES)[number];

/** The class of a client (side 0) or of the server (side 1) on this port. */
export function entityClassOf(side: 0 | 1, port: number): EntityClass {
  return side === 0 ? 'client' : `server-${SERVICE_KINDS[serviceKindIndex(port)]}`;
}

/** One value for each class. */
export function forEachClass<T>(make: (name: EntityClass) => T): Record<EntityClass, T> {
  return Object.fromEntries(ENTITY_CLASSES.map((name) => [name, make(name)])) as Record<EntityClass, T>;
}
