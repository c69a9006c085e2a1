import { expect, test } from 'vitest';
import { FLOW_ENDINGS } from '#core/feature-batch.ts';
import {
  FLOW_BACKWARD,
  FLOW_CWR,
  FLOW_FORWARD,
  FLOW_HIGH_ADDRESS,
  FLOW_ICMP,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LAST,
  FLOW_LOW_ADDRESS,
  FLOW_PORTS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_ID_HIGH,
  FLOW_WORDS,
  WAY_BYTES_F64,
  WAY_LENGTH_MAX,
  WAY_LENGTH_MIN,
  WAY_PACKETS,
  WAY_SQUARES_F64,
  WAY_WINDOW,
  type FlowMemory,
} from '#core/flow-record.ts';
import { COLUMN_SETS, columnNames, FLOW_COLUMN_SETS, type FlowColumnSet } from './column-sets.ts';
import { CIC_COLUMNS } from './columns.ts';
import { createFlowWriter } from './flow-writer.ts';
import type { FlowFormat } from './line-layout.ts';

const CLOSED = FLOW_ENDINGS.indexOf('closed');
const SNAPSHOT = FLOW_ENDINGS.indexOf('snapshot');
const ORIGINAL_HEADER =
  'src_ip,dst_ip,src_port,dst_port,src_mac,dst_mac,protocol,timestamp,flow_duration,flow_byts_s,flow_pkts_s,' +
  'fwd_pkts_s,bwd_pkts_s,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,totlen_bwd_pkts,fwd_pkt_len_max,fwd_pkt_len_min,' +
  'fwd_pkt_len_mean,fwd_pkt_len_std,bwd_pkt_len_max,bwd_pkt_len_min,bwd_pkt_len_mean,bwd_pkt_len_std,pkt_len_max,' +
  'pkt_len_min,pkt_len_mean,pkt_len_std,pkt_len_var,fwd_header_len,bwd_header_len,fwd_seg_size_min,' +
  'fwd_act_data_pkts,flow_iat_mean,flow_iat_max,flow_iat_min,flow_iat_std,fwd_iat_tot,fwd_iat_max,fwd_iat_min,' +
  'fwd_iat_mean,fwd_iat_std,bwd_iat_tot,bwd_iat_max,bwd_iat_min,bwd_iat_mean,bwd_iat_std,fwd_psh_flags,' +
  'bwd_psh_flags,fwd_urg_flags,bwd_urg_flags,fin_flag_cnt,syn_flag_cnt,rst_flag_cnt,psh_flag_cnt,ack_flag_cnt,' +
  'urg_flag_cnt,ece_flag_cnt,down_up_ratio,pkt_size_avg,init_fwd_win_byts,init_bwd_win_byts,active_max,active_min,' +
  'active_mean,active_std,idle_max,idle_min,idle_mean,idle_std,fwd_byts_b_avg,fwd_pkts_b_avg,bwd_byts_b_avg,' +
  'bwd_pkts_b_avg,fwd_blk_rate_avg,bwd_blk_rate_avg,fwd_seg_size_avg,bwd_seg_size_avg,cwe_flag_count,' +
  'subflow_fwd_pkts,subflow_bwd_pkts,subflow_fwd_byts,subflow_bwd_byts';

/** A flow of two packets from 10.0.0.9 to 10.0.0.2 and one back, its CWR flag set twice. */
function record(): FlowMemory {
  const bytes = new ArrayBuffer(FLOW_WORDS * 4);
  const memory = { i32: new Int32Array(bytes), f64: new Float64Array(bytes), ipv6: new Int32Array(8) };
  const { i32, f64 } = memory;
  i32[FLOW_LOW_ADDRESS] = 0x0a00_0002;
  i32[FLOW_HIGH_ADDRESS] = 0x0a00_0009;
  i32[FLOW_PORTS] = (80 << 16) | 40_000;
  i32[FLOW_KIND] = 6;
  i32[FLOW_STATE] = FLOW_STATE_CLIENT_HIGH | FLOW_STATE_ID_HIGH;
  f64[FLOW_START_F64] = 1_760_000_000_000_500;
  i32[FLOW_LAST] = 300;
  i32[FLOW_ICMP] = -1;
  i32[FLOW_CWR] = 2;
  i32[FLOW_FORWARD + WAY_PACKETS] = 2;
  i32[FLOW_FORWARD + WAY_LENGTH_MAX] = 7;
  i32[FLOW_FORWARD + WAY_LENGTH_MIN] = 4;
  f64[(FLOW_FORWARD >> 1) + WAY_BYTES_F64] = 11;
  f64[(FLOW_FORWARD >> 1) + WAY_SQUARES_F64] = 65;
  i32[FLOW_BACKWARD + WAY_PACKETS] = 1;
  return memory;
}

function linesOf(columns: FlowColumnSet, format: FlowFormat, flows: readonly (readonly [FlowMemory, number])[]) {
  let text = '';
  const writer = createFlowWriter({
    columns,
    format,
    send: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
  });
  for (const [memory, ending] of flows) writer.write(memory, 0, ending);
  writer.flush();
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

/** The cells of one flow by column. */
function cellsOf(columns: FlowColumnSet, memory: FlowMemory): Record<string, string> {
  const [header, line] = linesOf(columns, 'csv', [[memory, CLOSED]]);
  const cells = line.split(',');
  expect(cells).toHaveLength(header.split(',').length);
  return Object.fromEntries(header.split(',').map((name, column) => [name, cells[column]]));
}

test('the header of each set has its columns in order', () => {
  expect(linesOf('cic', 'csv', [])).toEqual([CIC_COLUMNS.join(',')]);
  expect(linesOf('kubesecure', 'csv', [])).toEqual([ORIGINAL_HEADER]);
});

test('the original columns have the values of the CIC columns that they stand for', () => {
  const cic = cellsOf('cic', record());
  const original = cellsOf('kubesecure', record());
  expect(cic).toMatchObject({
    'Flow ID': '10.0.0.9-10.0.0.2-40000-80-6',
    'Flow Duration': '300',
    'Flow Bytes/s': '36666.666666667',
    'CWR Flag Count': '2',
    Label: 'NeedManualLabel',
  });
  for (const [name, from] of [...COLUMN_SETS.kubesecure.names, ...COLUMN_SETS.kubesecure.values]) {
    expect(original[name]).toBe(from === null ? '' : cic[from]);
  }
  expect(original).toMatchObject({
    src_ip: '10.0.0.9',
    dst_ip: '10.0.0.2',
    src_port: '40000',
    dst_port: '80',
    src_mac: '',
    protocol: '6',
    timestamp: '2025-10-09 08:53:20.000500',
    fwd_pkt_len_mean: '5.5',
    cwe_flag_count: '2',
  });
});

test.each(FLOW_COLUMN_SETS)(
  'JSON Lines of %s have the cells of the CSV as values, and how the flow ended',
  (columns) => {
    const cells = cellsOf(columns, record());
    const lines = linesOf(columns, 'jsonl', [
      [record(), SNAPSHOT],
      [record(), CLOSED],
    ]);
    const [open, closed] = lines.map((line) => JSON.parse(line) as Record<string, string | number | null>);
    const { ending } = COLUMN_SETS[columns];
    expect([open[ending], closed[ending]]).toEqual(['snapshot', 'closed']);
    expect(Object.keys(closed)).toEqual([...columnNames(COLUMN_SETS[columns]), ending]);
    for (const [name, cell] of Object.entries(cells)) expect(String(closed[name] ?? '')).toBe(cell);
  },
);

test('addresses of IPv6 flows are text in JSON too', () => {
  const memory = record();
  memory.i32[FLOW_KIND] = 6 | FLOW_IPV6;
  memory.i32[FLOW_LOW_ADDRESS] = 0;
  memory.i32[FLOW_HIGH_ADDRESS] = 1;
  memory.ipv6.set([0xfd00_0000, 0, 0, 2], 4);
  const [line] = linesOf('cic', 'jsonl', [[memory, CLOSED]]);
  expect(JSON.parse(line)).toMatchObject({ 'Src IP': 'fd00::2', 'Dst IP': '::', 'Src Port': 40_000 });
});

test('kept text of one-packet flows never stands for that of another', () => {
  const memory = record();
  memory.i32[FLOW_LAST] = 0;
  memory.i32[FLOW_FORWARD + WAY_PACKETS] = 1;
  memory.i32[FLOW_BACKWARD + WAY_PACKETS] = 0;
  const kinds = Array.from({ length: 3000 }, (_, i) => ({
    'CWR Flag Count': i & 1,
    'FWD Init Win Bytes': i % 1500,
    'Total Fwd Packet': 1,
    Ending: FLOW_ENDINGS[i % FLOW_ENDINGS.length],
  }));
  const lines: string[] = [];
  const writer = createFlowWriter({
    columns: 'cic',
    format: 'jsonl',
    send: (bytes) => lines.push(...Buffer.from(bytes).toString('latin1').trimEnd().split('\n')),
  });
  const flows = kinds.flatMap((kind) => [kind, kind, kind]);
  for (const kind of flows) {
    memory.i32[FLOW_CWR] = kind['CWR Flag Count'];
    memory.i32[FLOW_FORWARD + WAY_WINDOW] = kind['FWD Init Win Bytes'];
    writer.write(memory, 0, FLOW_ENDINGS.indexOf(kind.Ending));
  }
  writer.flush();
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(flows);
});
