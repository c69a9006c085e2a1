import { SERVICE_KINDS, serviceKindIndex } from './service-kind.ts';

/**
 * Whose behaviour is judged: a client by the services it turns to, a server by all who ask it, and a pair, one client at
 * one service, by what passes between them. By index.
 */
export const ENTITY_ROLES = ['client', 'server', 'pair'] as const;
export type EntityRole = 0 | 1 | 2;
export const CLIENT: EntityRole = 0;
export const SERVER: EntityRole = 1;
export const PAIR: EntityRole = 2;

/**
 * What is ordinary differs between those who ask and those who answer, and between kinds of services: each class has its
 * own calibration.
 */
export const ENTITY_CLASSES = [
  'client',
  'server-dns',
  'server-web',
  'server-login',
  'server-other',
  'pair-dns',
  'pair-web',
  'pair-login',
  'pair-other',
] as const;
export type EntityClass = (typeof ENTITY_CLASSES)[number];

/** The class of a client, or of a server or a pair on this service port. */
export function entityClassOf(role: EntityRole, port: number): EntityClass {
  if (role === CLIENT) return 'client';
  return `${role === SERVER ? 'server' : 'pair'}-${SERVICE_KINDS[serviceKindIndex(port)]}`;
}

/** One value for each class. */
export function forEachClass<T>(make: (name: EntityClass) => T): Record<EntityClass, T> {
  return Object.fromEntries(ENTITY_CLASSES.map((name) => [name, make(name)])) as Record<EntityClass, T>;
}
