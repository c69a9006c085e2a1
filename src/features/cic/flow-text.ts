import { formatAddress } from '#core/address.ts';
import {
  FLOW_HIGH_ADDRESS,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  writeFlowAddress,
  type FlowMemory,
} from '#core/flow-record.ts';
import { writeByte, writeInteger, writeText, writeThree, writeTwo, type TextBuffer } from './text-buffer.ts';

const DOT = 46;
const DASH = 45;
const COLON = 58;
const SPACE = 32;
const SECONDS_A_DAY = 86_400;

/** Address of one end of a flow: dotted for IPv4, RFC 5952 for IPv6. */
export function writeAddressText(buffer: TextBuffer, memory: FlowMemory, base: number, high: boolean): void {
  if ((memory.i32[base + FLOW_KIND] & FLOW_IPV6) !== 0) {
    writeText(buffer, ipv6Text(memory, base, high));
    return;
  }
  const address = memory.i32[base + (high ? FLOW_HIGH_ADDRESS : FLOW_LOW_ADDRESS)];
  writeInteger(buffer, address >>> 24);
  writeByte(buffer, DOT);
  writeInteger(buffer, (address >>> 16) & 0xff);
  writeByte(buffer, DOT);
  writeInteger(buffer, (address >>> 8) & 0xff);
  writeByte(buffer, DOT);
  writeInteger(buffer, address & 0xff);
}

const addressBytes = new Uint8Array(16);

function ipv6Text(memory: FlowMemory, base: number, high: boolean): string {
  writeFlowAddress(memory, base, high, addressBytes, 0);
  return formatAddress(addressBytes, 0);
}

let dayOfText = NaN;
let dayText = '';

/** `yyyy-MM-dd HH:mm:ss` in UTC; a fraction of three or six digits where there is one. */
export function writeTimestamp(buffer: TextBuffer, timeUs: number): void {
  const seconds = Math.floor(timeUs / 1e6);
  const micros = timeUs - seconds * 1e6;
  const day = Math.floor(seconds / SECONDS_A_DAY);
  if (day !== dayOfText) {
    dayOfText = day;
    dayText = new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(0, 10);
  }
  const second = seconds - day * SECONDS_A_DAY;
  const minute = (second / 60) | 0;
  const hour = (minute / 60) | 0;
  writeText(buffer, dayText);
  writeByte(buffer, SPACE);
  writeTwo(buffer, hour);
  writeByte(buffer, COLON);
  writeTwo(buffer, minute - hour * 60);
  writeByte(buffer, COLON);
  writeTwo(buffer, second - minute * 60);
  if (micros === 0) return;
  const millis = (micros / 1000) | 0;
  writeByte(buffer, DOT);
  writeThree(buffer, millis);
  if (micros !== millis * 1000) writeThree(buffer, micros - millis * 1000);
}

/** CICFlowMeter's name of a flow: both addresses, both ports, protocol; `high` tells which end comes first. */
export function writeFlowId(
  buffer: TextBuffer,
  memory: FlowMemory,
  base: number,
  high: boolean,
  firstPort: number,
  secondPort: number,
): void {
  writeAddressText(buffer, memory, base, high);
  writeByte(buffer, DASH);
  writeAddressText(buffer, memory, base, !high);
  writeByte(buffer, DASH);
  writeInteger(buffer, firstPort);
  writeByte(buffer, DASH);
  writeInteger(buffer, secondPort);
  writeByte(buffer, DASH);
  writeInteger(buffer, memory.i32[base + FLOW_KIND] & 0xff);
}
