import { z } from 'zod';
import { FIELD_MANAGER } from '#core/field-manager.ts';
import type { FieldOwner } from '#core/ingress-api.ts';

const FieldTree = z.record(z.string(), z.unknown());
type FieldTree = z.infer<typeof FieldTree>;

/** One entry of `metadata.managedFields`; what we do not use passes through untouched. */
export const ManagedFieldsEntry = z.looseObject({
  manager: z.string().default(''),
  operation: z.string(),
  /** Absent for the object itself, else e.g. `status`. */
  subresource: z.string().optional(),
  fieldsV1: FieldTree.optional(),
});
export type ManagedFieldsEntry = z.infer<typeof ManagedFieldsEntry>;

/** The owners of each annotation; a key that nobody owns is absent. */
export function annotationOwners(entries: readonly ManagedFieldsEntry[]): Record<string, FieldOwner[]> {
  const owners: Record<string, FieldOwner[]> = {};
  for (const entry of entries) {
    const operation = entry.operation === 'Apply' ? 'Apply' : 'Update';
    for (const field of Object.keys(annotationsOf(entry))) {
      if (!field.startsWith('f:')) continue;
      (owners[field.slice(2)] ??= []).push({ manager: entry.manager, operation });
    }
  }
  return owners;
}

/**
 * The entries as they shall be after an undo: none of ours, and each key with its former owner again. An entry that
 * vanished because its only field was taken from it is made anew, as of `now` (ISO 8601, whole seconds).
 */
export function withFormerOwners(
  entries: readonly ManagedFieldsEntry[],
  former: readonly { readonly key: string; readonly owner: FieldOwner }[],
  now: string,
): ManagedFieldsEntry[] {
  const result = entries.filter((entry) => entry.manager !== FIELD_MANAGER).map((entry) => structuredClone(entry));
  for (const { key, owner } of former) {
    const found = result.find((candidate) => isOf(candidate, owner));
    const entry = found ?? newEntry(owner, now);
    const metadata = childOf((entry.fieldsV1 ??= {}), 'f:metadata');
    // The server leaves this empty shell where an owner of the map itself lost the last key it owned.
    const ownedMap = 'f:annotations' in metadata && !hasAnnotations(entry) && owner.operation === 'Update';
    const annotations = childOf(metadata, 'f:annotations');
    if (ownedMap) annotations['.'] = {};
    annotations[`f:${key}`] = {};
    if (found === undefined) result.push(entry);
  }
  return result;
}

function isOf(entry: ManagedFieldsEntry, owner: FieldOwner): boolean {
  return entry.manager === owner.manager && entry.operation === owner.operation && entry.subresource === undefined;
}

function newEntry(owner: FieldOwner, now: string): ManagedFieldsEntry {
  const { manager, operation } = owner;
  return { manager, operation, apiVersion: 'networking.k8s.io/v1', time: now, fieldsType: 'FieldsV1', fieldsV1: {} };
}

function hasAnnotations(entry: ManagedFieldsEntry): boolean {
  return Object.keys(annotationsOf(entry)).length > 0;
}

function annotationsOf(entry: ManagedFieldsEntry): FieldTree {
  return readChild(readChild(entry.fieldsV1 ?? {}, 'f:metadata'), 'f:annotations');
}

function readChild(tree: FieldTree, key: string): FieldTree {
  return FieldTree.safeParse(tree[key]).data ?? {};
}

/** The subtree at `key`, put there if it is missing. */
function childOf(tree: FieldTree, key: string): FieldTree {
  const child = readChild(tree, key);
  tree[key] = child;
  return child;
}
