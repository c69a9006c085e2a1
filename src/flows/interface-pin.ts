import * as flowRecord from '#core/flow-record.ts';
import * as tableState from './table-state.ts';
import type { TableState } from './table-state.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_BACKWARD,
  FLOW_FORWARD,
  FLOW_INTERFACES,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_WORDS,
  WAY_LAST,
} = flowRecord;
const { SEED_INTERFACES, SEED_TIME_F64, SEED_WORDS } = tableState;

/**
 * A capture on all interfaces sees a packet on each one it passes: veth, bridge, NIC. Each direction of a flow is pinned
 * to the interface that showed its last packet; the same direction on another one is a duplicate. A pin that has been
 * silent for so long gives way: the route has changed.
 */
const PIN_SILENCE_US = 1_000_000;

/** Whether a packet of the flow behind `reference`, seen on `interfaceId` (not 0), was counted on another one. */
export function isDuplicate(
  state: TableState,
  reference: number,
  timeUs: number,
  sourceHigh: boolean,
  interfaceId: number,
): boolean {
  if (reference < 0) {
    const seed = (-1 - reference) * SEED_WORDS;
    const pinned = pinOf(state.seeds[seed + SEED_INTERFACES], sourceHigh);
    if (pinned === 0 || pinned === interfaceId) return false;
    return timeUs - state.seedTimes[(seed >> 1) + SEED_TIME_F64] <= PIN_SILENCE_US;
  }
  const { i32, f64 } = state.memory;
  const base = reference * FLOW_WORDS;
  const pinned = pinOf(i32[base + FLOW_INTERFACES], sourceHigh);
  if (pinned === 0 || pinned === interfaceId) return false;
  const forward = sourceHigh === ((i32[base + FLOW_STATE] & FLOW_STATE_CLIENT_HIGH) !== 0);
  const last = i32[base + (forward ? FLOW_FORWARD : FLOW_BACKWARD) + WAY_LAST];
  return timeUs - f64[(base >> 1) + FLOW_START_F64] - last <= PIN_SILENCE_US;
}

/** The pins of a flow with this direction pinned to `interfaceId`: the low end's in the lower 16 bits. */
export function withPin(pins: number, sourceHigh: boolean, interfaceId: number): number {
  return sourceHigh ? (pins & 0xffff) | (interfaceId << 16) : (pins & ~0xffff) | interfaceId;
}

function pinOf(pins: number, sourceHigh: boolean): number {
  return sourceHigh ? pins >>> 16 : pins & 0xffff;
}
