import type { FeatureContract } from '#core/feature-contract.ts';
import type { Peer, Reason } from '#core/verdict.ts';
import type { Prior } from './baseline.ts';
import type { EntityWindow } from './entity-windows.ts';
import type { FeatureReader } from './feature-vector.ts';
import { formatAddress } from '#core/address.ts';
import { SERVER } from '#core/entity-class.ts';

const MOST_REASONS = 5;
const MOST_PEERS = 10;
/** A feature that never moves among benign windows has no spread; a twentieth of its range stands in. */
const SMALLEST_SPREAD = 0.1;
/** Of a feature's time constants the shortest is told that is at least this part as far from usual as the furthest. */
const ABOUT_AS_FAR = 0.3;
const OVER = / over (\d+) s$/;
/** A single flow of an attack is often like any other; what the entity did says more, so that comes first. */
const SINGLE_FLOW_WEIGHT = 0.5;

/**
 * The features of the window that lie furthest from what is usual for the entity, in units of the usual spread (both
 * over all features, scaled). Context
 * is taken from the newest report, flow features from the middle one. One time constant speaks for all of a feature: a
 * short one is closer to what goes on.
 */
export function reasonsOf(
  window: EntityWindow,
  contract: FeatureContract,
  reader: FeatureReader,
  usual: Prior,
): Reason[] {
  const values = typicalRow(window, contract);
  const scaled = scaleRow(reader, values);

  const ranked = contract.features
    .map((feature, i) => ({
      feature,
      value: values[i],
      usual: reader.unscale(i, usual.median[i]),
      distance:
        ((feature.source === 'context' ? 1 : SINGLE_FLOW_WEIGHT) * Math.abs(scaled[i] - usual.median[i])) /
        Math.max(usual.spread[i], SMALLEST_SPREAD),
    }))
    .filter(({ feature, distance, value }) => feature.source !== 'flow' && distance > 0 && Number.isFinite(value))
    .toSorted((a, b) => b.distance - a.distance);

  const topics = Map.groupBy(ranked, ({ feature }) => feature.name.replace(OVER, ''));
  return [...topics.values()].slice(0, MOST_REASONS).map((ofTopic) => {
    const [best] = ofTopic;
    const telling = ofTopic.filter(({ distance }) => distance >= best.distance * ABOUT_AS_FAR);
    const told = telling.toSorted((a, b) => secondsOf(a.feature) - secondsOf(b.feature))[0];
    return { feature: told.feature.name, value: rounded(told.value), usual: rounded(told.usual) };
  });
}

/** The time constant in a feature's name, seconds; 0 where it has none. */
function secondsOf({ name }: { readonly name: string }): number {
  return Number(OVER.exec(name)?.[1] ?? 0);
}

/** Who the entity dealt with in this window. A client's peers carry the port they were asked on, a server's have none. */
export function peersOf(window: EntityWindow): Peer[] {
  const peers = new Map<string, Peer>();
  for (let i = 0; i < window.reports; i++) {
    const ip = formatAddress(window.peerAddresses, i * 16);
    const port = window.role === SERVER ? null : window.peerPorts[i];
    const key = `${ip} ${port}`;
    const peer = peers.get(key) ?? { ip, port, flows: 0 };
    peers.set(key, { ...peer, flows: peer.flows + 1 });
  }
  return [...peers.values()].toSorted((a, b) => b.flows - a.flows).slice(0, MOST_PEERS);
}

function typicalRow(window: EntityWindow, contract: FeatureContract): Float32Array {
  const width = contract.features.length;
  return Float32Array.from(contract.features, ({ source }, i) => {
    if (source === 'context') return window.raw[(window.reports - 1) * width + i];
    const column = Array.from({ length: window.reports }, (_, report) => window.raw[report * width + i]);
    return column.toSorted((a, b) => a - b)[window.reports >> 1];
  });
}

function scaleRow(reader: FeatureReader, raw: Float32Array): Float32Array {
  const scaled = new Float32Array(reader.width);
  reader.scale(raw, 0, scaled, 0);
  return scaled;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
