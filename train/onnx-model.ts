import onnxProto from 'onnx-proto';
import type { NetworkShape, Weights, WeightName } from './network.ts';
import { KERNEL, WEIGHT_NAMES } from './network.ts';

const { onnx } = onnxProto;
const OPSET = 13;
const IR_VERSION = 8;

type Tensor = { readonly shape: number[]; readonly data: Float32Array };

/**
 * The network as an ONNX file: input `windows` [n, windowLength, features], output `probabilities` [n, classes].
 * ONNX wants convolutions as [out, in, kernel] and LSTM weights as [1, 4 * hidden, in], with two biases side by side.
 */
export function encodeOnnx(shape: NetworkShape, weights: Weights): Uint8Array {
  const { windowLength, features, hidden, classes } = shape;
  const graph = onnx.GraphProto.create({
    name: 'clstm',
    input: [valueInfo('windows', ['n', windowLength, features])],
    output: [valueInfo('probabilities', ['n', classes])],
    initializer: [
      ...WEIGHT_NAMES.map((name) => tensor(name, toOnnxLayout(name, weights[name]))),
      onnx.TensorProto.create({
        name: 'firstAxis',
        dims: [1],
        dataType: onnx.TensorProto.DataType.INT64,
        rawData: new Uint8Array(8),
      }),
    ],
    node: [
      node('Transpose', ['windows'], ['channelsFirst'], [ints('perm', [0, 2, 1])]),
      node(
        'Conv',
        ['channelsFirst', 'conv1', 'conv1Bias'],
        ['c1'],
        [ints('pads', [1, 1]), ints('kernel_shape', [KERNEL])],
      ),
      node('Relu', ['c1'], ['r1'], []),
      node('Conv', ['r1', 'conv2', 'conv2Bias'], ['c2'], [ints('pads', [1, 1]), ints('kernel_shape', [KERNEL])]),
      node('Relu', ['c2'], ['r2'], []),
      node('Transpose', ['r2'], ['stepsFirst'], [ints('perm', [2, 0, 1])]),
      node(
        'LSTM',
        ['stepsFirst', 'lstmInput', 'lstmState', 'lstmBias'],
        ['', 'lastState'],
        [int('hidden_size', hidden)],
      ),
      node('Squeeze', ['lastState', 'firstAxis'], ['state'], []),
      node('Gemm', ['state', 'dense', 'denseBias'], ['d1'], []),
      node('Relu', ['d1'], ['r3'], []),
      node('Gemm', ['r3', 'head', 'headBias'], ['logits'], []),
      node('Softmax', ['logits'], ['probabilities'], [int('axis', 1)]),
    ],
  });
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'kubesecure',
    opsetImport: [{ domain: '', version: OPSET }],
    graph,
  });
  return onnx.ModelProto.encode(model).finish();
}

/** The weights out of a file that `encodeOnnx` made. */
export function decodeOnnx(bytes: Uint8Array): { shape: NetworkShape; weights: Weights } {
  const { graph } = onnx.ModelProto.decode(bytes);
  const tensors = new Map((graph?.initializer ?? []).map((initializer) => [initializer.name, initializer]));
  const weights = Object.fromEntries(
    WEIGHT_NAMES.map((name) => {
      const stored = tensors.get(name);
      if (!stored?.rawData || !stored.dims) throw new Error(`while reading an ONNX model: no weights "${name}"`);
      const data = new Float32Array(Uint8Array.from(stored.rawData).buffer);
      return [name, fromOnnxLayout(name, { shape: stored.dims.map(Number), data })];
    }),
  ) as Record<WeightName, Tensor>;
  const dims = graph?.input?.[0].type?.tensorType?.shape?.dim ?? [];
  return {
    shape: {
      windowLength: Number(dims[1].dimValue),
      features: Number(dims[2].dimValue),
      filters: weights.conv1.shape[1],
      hidden: weights.lstmState.shape[0],
      dense: weights.dense.shape[1],
      classes: weights.head.shape[1],
    },
    weights,
  };
}

function toOnnxLayout(name: WeightName, { shape, data }: Tensor): Tensor {
  switch (name) {
    case 'conv1':
    case 'conv2': {
      const [rows, out] = shape;
      const channels = rows / KERNEL;
      // Ours: [kernel * channels, out]; ONNX's: [out, channels, kernel].
      return permute(data, [out, channels, KERNEL], (o, c, k) => (k * channels + c) * out + o);
    }
    case 'lstmInput':
    case 'lstmState': {
      const [inputs, gates] = shape;
      return permute(data, [1, gates, inputs], (_, gate, input) => input * gates + gate);
    }
    case 'lstmBias': {
      const both = new Float32Array(shape[0] * 2);
      both.set(data);
      return { shape: [1, shape[0] * 2], data: both };
    }
    default:
      return { shape, data };
  }
}

function fromOnnxLayout(name: WeightName, { shape, data }: Tensor): Tensor {
  switch (name) {
    case 'conv1':
    case 'conv2': {
      const [out, channels] = shape;
      const back = permute(data, [KERNEL, channels, out], (k, c, o) => (o * channels + c) * KERNEL + k);
      return { shape: [KERNEL * channels, out], data: back.data };
    }
    case 'lstmInput':
    case 'lstmState': {
      const [, gates, inputs] = shape;
      const back = permute(data, [1, inputs, gates], (_, input, gate) => gate * inputs + input);
      return { shape: [inputs, gates], data: back.data };
    }
    case 'lstmBias':
      return { shape: [shape[1] / 2], data: data.slice(0, shape[1] / 2) };
    default:
      return { shape, data };
  }
}

function permute(
  from: Float32Array,
  shape: [number, number, number],
  source: (a: number, b: number, c: number) => number,
): Tensor {
  const data = new Float32Array(from.length);
  let at = 0;
  for (let a = 0; a < shape[0]; a++) {
    for (let b = 0; b < shape[1]; b++) {
      for (let c = 0; c < shape[2]; c++) data[at++] = from[source(a, b, c)];
    }
  }
  return { shape, data };
}

function node(
  opType: string,
  input: string[],
  output: string[],
  attribute: InstanceType<typeof onnx.AttributeProto>[],
) {
  return onnx.NodeProto.create({ opType, input, output, attribute, name: output.at(-1) ?? opType });
}

function ints(name: string, values: number[]) {
  return onnx.AttributeProto.create({ name, type: onnx.AttributeProto.AttributeType.INTS, ints: values });
}

function int(name: string, value: number) {
  return onnx.AttributeProto.create({ name, type: onnx.AttributeProto.AttributeType.INT, i: value });
}

function tensor(name: string, { shape, data }: Tensor) {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return onnx.TensorProto.create({ name, dims: shape, dataType: onnx.TensorProto.DataType.FLOAT, rawData });
}

function valueInfo(name: string, dims: (number | string)[]) {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return onnx.ValueInfoProto.create({
    name,
    type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape: { dim } } },
  });
}
