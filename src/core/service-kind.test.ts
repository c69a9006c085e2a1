import { expect, test } from 'vitest';
import { SERVICE_KINDS, serviceKindIndex } from './service-kind.ts';

test('a port has the kind of what commonly listens there', () => {
  const kindOf = (port: number) => SERVICE_KINDS[serviceKindIndex(port)];
  expect([53, 80, 443, 22, 5432, 6379, 31337, 0, 65_535].map(kindOf)).toEqual([
    'dns',
    'web',
    'web',
    'login',
    'login',
    'login',
    'other',
    'other',
    'other',
  ]);
});
