import type { FeatureBatch } from '#core/feature-batch.ts';
import type { FeatureContract, FeatureSpec } from '#core/feature-contract.ts';
import { isPublicAddress } from '#core/address.ts';
import { type EntityRole, PAIR, SERVER } from '#core/entity-class.ts';
import { CIC_WIDTH, CONTEXT_WIDTH, FLOW_ENDINGS } from '#core/feature-batch.ts';
import { FLOW_FACTS } from '#core/feature-contract.ts';
import { SERVICE_KINDS, serviceKindIndex } from '#core/service-kind.ts';

/** Reads a contract's features out of a batch, and brings them to the model's scale. */
export interface FeatureReader {
  readonly width: number;
  /**
   * Copies the raw values of one row, judged as one role, to `into` at `offset`. `gapUs`: see WINDOW_FACTS. A pair is seen
   * from the client's side.
   */
  readRaw(batch: FeatureBatch, row: number, role: EntityRole, gapUs: number, into: Float32Array, offset: number): void;
  /** Scales `width` raw values. Returns how many were not finite; those become 0. */
  scale(raw: Float32Array, rawOffset: number, into: Float32Array, offset: number): number;
  /** The raw value of one feature that `scale` makes this of. */
  unscale(feature: number, scaled: number): number;
}

/** By the number that stands for each below. */
const SOURCES = ['flow', 'cic', 'context', 'window'] as const satisfies readonly FeatureSpec['source'][];
const SNAPSHOT = FLOW_ENDINGS.indexOf('snapshot');
const [DNS, WEB, LOGIN] = (['dns', 'web', 'login'] as const).map((kind) => SERVICE_KINDS.indexOf(kind));

export function createFeatureReader(contract: FeatureContract): FeatureReader {
  const { features } = contract;
  const width = features.length;
  const sources = Uint8Array.from(features, ({ source }) => SOURCES.indexOf(source));
  const columns = Uint32Array.from(features, ({ column }) => column);
  const isLog = Uint8Array.from(features, ({ transform }) => (transform === 'log1p' ? 1 : 0));
  const mins = Float64Array.from(features, ({ min }) => min);
  const maxs = Float64Array.from(features, ({ max }) => max);
  const scales = Float64Array.from(features, (feature) => feature.scale);
  const facts = new Float64Array(FLOW_FACTS.length);

  function readRaw(
    batch: FeatureBatch,
    row: number,
    role: EntityRole,
    gapUs: number,
    into: Float32Array,
    offset: number,
  ): void {
    const context = role === SERVER ? batch.serverContext : batch.clientContext;
    readFacts(batch, row, role, facts);
    for (let i = 0; i < width; i++) {
      const column = columns[i];
      if (sources[i] === 1) into[offset + i] = batch.cic[row * CIC_WIDTH + column];
      else if (sources[i] === 2) into[offset + i] = context[row * CONTEXT_WIDTH + column];
      else into[offset + i] = sources[i] === 0 ? facts[column] : gapUs;
    }
  }

  function scale(raw: Float32Array, rawOffset: number, into: Float32Array, offset: number): number {
    let notFinite = 0;
    for (let i = 0; i < width; i++) {
      const value = raw[rawOffset + i];
      if (!Number.isFinite(value)) {
        notFinite++;
        into[offset + i] = 0;
        continue;
      }
      const clamped = Math.min(Math.max(value, mins[i]), maxs[i]);
      into[offset + i] = (isLog[i] === 1 ? Math.log1p(clamped) : clamped) / scales[i];
    }
    return notFinite;
  }

  const unscale = (i: number, scaled: number) => (isLog[i] === 1 ? Math.expm1(scaled * scales[i]) : scaled * scales[i]);

  return { width, readRaw, scale, unscale };
}

/** In the order of FLOW_FACTS. */
function readFacts(batch: FeatureBatch, row: number, role: EntityRole, facts: Float64Array): void {
  const protocol = batch.protocol[row];
  facts[0] = 1;
  facts[1] = role === SERVER ? 1 : 0;
  facts[2] = protocol === 6 ? 1 : 0;
  facts[3] = protocol === 17 ? 1 : 0;
  facts[4] = protocol === 1 || protocol === 58 ? 1 : 0;
  facts[5] = batch.ending[row] === SNAPSHOT ? 1 : 0;
  facts[6] = batch.report[row] === 0 ? 1 : 0;
  const kind = serviceKindIndex(batch.serverPort[row]);
  facts[7] = kind === DNS ? 1 : 0;
  facts[8] = kind === WEB ? 1 : 0;
  facts[9] = kind === LOGIN ? 1 : 0;
  facts[10] = isPublicAddress(batch.clientAddress, row * 16) ? 1 : 0;
  facts[11] = isPublicAddress(batch.serverAddress, row * 16) ? 1 : 0;
  facts[12] = role === PAIR ? 1 : 0;
}
