import { expect, test } from 'vitest';

import { isUsableGo } from './go-toolchain.ts';

test.each([
  ['go1.26.8\n', true],
  ['go1.27rc1', true],
  ['go2.0', true],
  ['go1.25.9', false],
  ['go1.19.8', false],
  ['', false],
  ['devel +abc', false],
])('%j is new enough to build the parts: %s', (version, usable) => {
  expect(isUsableGo(version)).toBe(usable);
});
