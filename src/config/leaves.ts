import { z } from 'zod';

export interface Leaf {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
}

/** Every setting that is no group of settings, with its path, in the order of the schema. */
export function leavesOf(schema: z.ZodType, path: readonly string[] = []): Leaf[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, schema }];
  const shape: Record<string, z.ZodType> = inner.shape;
  return Object.entries(shape).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.unwrap());
  return schema;
}
