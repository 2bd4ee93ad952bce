import onnxProto, { type onnx } from 'onnx-proto';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;

export type ElementType = 'float32' | 'float16' | 'uint8' | 'int32' | 'int64';

/** A number is a fixed size, a string names a size that is known only when the graph runs. */
export type Dimension = number | string;

/** Bytes of a file beside the graph. Offsets let several tensors, or several shapes of one tensor, share them. */
export interface ExternalData {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** A value of the graph, by name; the empty name stands for an optional input or output that is left out. */
export type Value = string;
export const absent: Value = '';

export interface NodeOptions {
  /** Operator set; default the standard one. */
  readonly domain?: 'com.microsoft';
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Names of further outputs (the first is always `name`); {@link absent} skips one. */
  readonly moreOutputs?: readonly Value[];
}

/** ONNX tells whole numbers from real ones by type, JavaScript does not: a real number is written `{ float: x }`. */
export type Attribute = number | readonly number[] | { readonly float: number };

const elementTypes: Readonly<Record<ElementType, onnx.TensorProto.DataType>> = {
  float32: TensorProto.DataType.FLOAT,
  float16: TensorProto.DataType.FLOAT16,
  uint8: TensorProto.DataType.UINT8,
  int32: TensorProto.DataType.INT32,
  int64: TensorProto.DataType.INT64,
};

/**
 * Writes an ONNX model: a list of nodes, values known by name. Nothing is checked here; ONNX Runtime checks types and
 * shapes when it loads the graph.
 */
export class GraphBuilder {
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers: onnx.ITensorProto[] = [];
  private readonly inputs: onnx.IValueInfoProto[] = [];
  private readonly outputs: onnx.IValueInfoProto[] = [];

  constructor(private readonly name: string) {}

  input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.outputs.push(valueInfo(name, type, shape));
  }

  /** Appends a node; its first output is called `name`. */
  node(operator: string, name: Value, inputs: readonly Value[], options: NodeOptions = {}): Value {
    this.nodes.push({
      name,
      opType: operator,
      domain: options.domain ?? '',
      input: [...inputs],
      output: [name, ...(options.moreOutputs ?? [])],
      attribute: Object.entries(options.attributes ?? {}).map(([key, value]) => attribute(key, value)),
    });
    return name;
  }

  /** A constant whose bytes lie in a file beside the graph. */
  external(name: Value, type: ElementType, shape: readonly number[], data: ExternalData): Value {
    this.initializers.push({
      name,
      dataType: elementTypes[type],
      dims: [...shape],
      dataLocation: TensorProto.DataLocation.EXTERNAL,
      externalData: [
        { key: 'location', value: data.file },
        { key: 'offset', value: String(data.offset) },
        { key: 'length', value: String(data.bytes) },
      ],
    });
    return name;
  }

  /** A small constant inside the graph, for shapes. */
  constant(name: Value, values: readonly number[]): Value {
    this.initializers.push({ name, dataType: elementTypes.int64, dims: [values.length], int64Data: [...values] });
    return name;
  }

  /** @returns the model as protobuf bytes. */
  build(): Uint8Array {
    const model = ModelProto.create({
      irVersion: 8,
      producerName: 'sparsek-code',
      opsetImport: [{ domain: '', version: 17 }, { domain: 'com.microsoft', version: 1 }],
      graph: {
        name: this.name,
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
    });
    return ModelProto.encode(model).finish();
  }
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const { AttributeType } = AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}
