import { expect, test } from 'vitest';
import { findObstacles } from './tools.ts';

test('a missing tool is named with its Debian package', () => {
  const obstacles = findObstacles(({ name }) => name !== 'dig', true);
  expect(obstacles).toEqual(['dig is missing: apt-get install bind9-dnsutils']);
});

test('without root the lab says how to have it', () => {
  expect(findObstacles(() => true, false)).toEqual(['network namespaces need root: run the lab with sudo']);
});
