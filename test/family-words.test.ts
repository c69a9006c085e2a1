import { expect, test } from 'vitest';
import { FAMILIES, FAMILY_FACTS } from '#core/family.ts';
import { FAMILY_TITLES, paletteIndexOf, techniqueUrl } from '../web/src/words/family-words.ts';

test('the page calls each family what the rest of the product calls it', () => {
  for (const family of FAMILIES) expect(FAMILY_TITLES[family]).toBe(FAMILY_FACTS[family].title);
});

test('each family has a colour of its own', () => {
  expect(new Set(FAMILIES.map(paletteIndexOf)).size).toBe(FAMILIES.length);
  expect(paletteIndexOf('http-flood')).toBe(FAMILIES.indexOf('http-flood'));
});

test('a sub-technique has an address of its own', () => {
  expect(techniqueUrl('T1499.002')).toBe('https://attack.mitre.org/techniques/T1499/002/');
});
