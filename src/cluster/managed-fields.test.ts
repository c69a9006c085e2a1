import { expect, test } from 'vitest';
import { annotationOwners, type ManagedFieldsEntry, withFormerOwners } from './managed-fields.ts';

const NOW = '2026-01-01T00:00:00Z';

function entry(manager: string, keys: string[], operation = 'Apply'): ManagedFieldsEntry {
  const fields = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  return { manager, operation, fieldsV1: { 'f:metadata': { 'f:annotations': { '.': {}, ...fields } } } };
}

test('every owner of a key is listed, and the map itself is no key', () => {
  const owners = annotationOwners([entry('helm', ['a']), entry('kubectl', ['a', 'b'], 'Update')]);
  expect(owners).toEqual({
    a: [
      { manager: 'helm', operation: 'Apply' },
      { manager: 'kubectl', operation: 'Update' },
    ],
    b: [{ manager: 'kubectl', operation: 'Update' }],
  });
});

test('an undo removes our entry and adds the key to its former owner, and changes no other entry', () => {
  const status: ManagedFieldsEntry = {
    manager: 'helm',
    operation: 'Apply',
    subresource: 'status',
    fieldsV1: { x: {} },
  };
  const before = [status, entry('helm', ['other']), entry('kubesecure', ['a'])];

  const after = withFormerOwners(before, [{ key: 'a', owner: { manager: 'helm', operation: 'Apply' } }], NOW);

  expect(after).toEqual([status, entry('helm', ['other', 'a'])]);
  expect(before[1]).toEqual(entry('helm', ['other']));
});

test('an owner that lost its only field gets one entry for all its keys', () => {
  const owner = { manager: 'kubectl', operation: 'Update' } as const;
  const former = ['a', 'b'].map((key) => ({ key, owner }));

  const after = withFormerOwners([entry('kubesecure', ['a', 'b'])], former, NOW);

  expect(after).toEqual([
    {
      manager: 'kubectl',
      operation: 'Update',
      apiVersion: 'networking.k8s.io/v1',
      time: NOW,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:a': {}, 'f:b': {} } } },
    },
  ]);
});

test('an owner of the whole map that was left with an empty shell owns the map again', () => {
  const shell = { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:annotations': {} } } };
  const former = [{ key: 'a', owner: { manager: 'kubectl', operation: 'Update' } as const }];

  expect(withFormerOwners([shell], former, NOW)).toEqual([entry('kubectl', ['a'], 'Update')]);
});
