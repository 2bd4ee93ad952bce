import { declareBindings, repeat, stepStruct, type Binding, type Features, type Kernel } from './kernel';
import { octetReader, octetStruct } from './octets';
import type { MatrixLayout } from './packing';

/** Rows of a unit. */
export const rowsPerUnit = 4;
/** Lanes of a subgroup, where sums are taken by subgroups. */
const subgroupLanes = 32;

/**
 * How a product is shared out: the lanes that share a unit's rows, and the units of a workgroup. Long rows take more lanes,
 * since what a lane waits for is its next weights; where units are few each has a workgroup, so that all of a large GPU works.
 */
export function productShape(units: number, width: number): { readonly lanes: number; readonly unitsPerGroup: number } {
  if (width >= 4096) return { lanes: 128, unitsPerGroup: 1 };
  return { lanes: subgroupLanes, unitsPerGroup: units <= 512 ? 1 : 4 };
}

export interface RowProduct {
  readonly name: string;
  /** Tokens that are multiplied with weights read once. */
  readonly tile: number;
  readonly matrix: MatrixLayout;
  /** Units of four rows of the matrix. */
  readonly units: number;
  /** WGSL: row `i` (0 to 3) of `unit`. */
  row(i: number): string;
  /** Float32 rows that are multiplied with the same input, in units behind the others. */
  readonly side?: MatrixLayout;
  /** The input is normed by its root mean square, and multiplied by the float32 weights at this offset in words. */
  readonly norm?: { readonly weight: number; readonly epsilon: number };
  /** WGSL: the token that row 0 of a tile's input belongs to, and how many there are; by default the run's tokens. */
  readonly input?: { readonly first: string; readonly count: string };
  /** Buffers behind `step`, `weights` and `x`. */
  readonly buffers: readonly (readonly [Binding, string, string])[];
  /** WGSL of `fn finish(unit: u32, token: u32, sum: vec4<f32>)`, where `sum` holds the products of the unit's rows, and of what it calls. */
  readonly finish: string;
}

/**
 * y = W f(x) for a few tokens at once, f the root mean square norm or nothing, with a tail that a kernel chooses. Bound by
 * reading W where tokens are few: each weight is read and dequantised once for a whole tile of tokens.
 *
 * Workgroups {@link rowProductWorkgroups}. With 32 lanes a lane takes every 32nd octet of its unit's rows; the norm's sum of
 * squares is one more sum beside the four products, so that the norm costs no dispatch and no second reading.
 *
 * Bindings: 0 `step` uniform, 1 `weights` u32, 2 `x` float32 `[tokens, width]`, then `buffers`. A token's result does not
 * depend on what is computed beside it: sums are taken in the same order whatever the tile.
 */
export function rowProduct(product: RowProduct, { subgroups }: Features): Kernel {
  const { name, tile, matrix, units, side, norm, input = { first: '0u', count: 'step.tokens' } } = product;
  const octets = matrix.width / 8;
  const sums = norm === undefined ? rowsPerUnit : rowsPerUnit + 1;
  const sideUnits = side === undefined ? 0 : Math.ceil(side.rows / rowsPerUnit);
  const allUnits = units + sideUnits;
  const shape = productShape(allUnits, matrix.width);
  const { lanes, unitsPerGroup } = shape;
  const { text, bindings } = declareBindings([
    ['uniform', 'step', 'Step'], ['read', 'weights', 'array<u32>'], ['read', 'x', 'array<vec4<f32>>'], ...product.buffers,
  ]);
  const code = `
${subgroups ? 'enable subgroups;' : ''}
${octetStruct}
${stepStruct}
${text}
${octetReader('weightsOf', matrix)}
${side === undefined ? '' : octetReader('sideWeightsOf', side)}
${norm === undefined ? '' : `
fn normWeights(octet: u32) -> Octet {
  let at = ${norm.weight}u + octet * 8u;
  return Octet(${[0, 4].map((first) => `vec4<f32>(${[0, 1, 2, 3].map((i) => `bitcast<f32>(weights[at + ${first + i}u])`).join(', ')})`).join(', ')});
}`}
${product.finish}
${subgroups ? (lanes > subgroupLanes ? `var<workgroup> joined: array<f32, ${sums * tile * lanes / subgroupLanes}>;` : '') : `
const stride = ${lanes + 1}u;
var<workgroup> parts: array<f32, ${unitsPerGroup * tile * (lanes + 1)}>;
var<workgroup> totals: array<f32, ${sums * unitsPerGroup * tile}>;`}

@compute @workgroup_size(${lanes * unitsPerGroup})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let lane = index % ${lanes}u;
  let own = index / ${lanes}u;
  let unit = min(group.x * ${unitsPerGroup}u + own, ${allUnits - 1}u);
  let firstToken = group.y * ${tile}u;
  let firstVector = (${input.first} + firstToken) * ${2 * octets}u;
  ${repeat(sums * tile, (i) => `var sum${i} = 0.0;`, ' ')}
  for (var octet = lane; octet < ${octets}u; octet += ${lanes}u) {
    ${repeat(rowsPerUnit, (i) => `var w${i}: Octet;`, ' ')}
    ${side === undefined ? readRows(product, 'weightsOf') : `
    if (unit < ${units}u) {
      ${readRows(product, 'weightsOf')}
    } else {
      let sideRow = (unit - ${units}u) * ${rowsPerUnit}u;
      ${repeat(rowsPerUnit, (i) => `w${i} = sideWeightsOf(min(sideRow + ${i}u, ${side.rows - 1}u), octet);`)}
    }`}
    ${norm === undefined ? '' : 'let g = normWeights(octet);'}
    let at = firstVector + octet * 2u;
    ${repeat(tile, (t) => `{
      let a = x[at + ${2 * octets * t}u]; let b = x[at + ${2 * octets * t + 1}u];
      ${norm === undefined ? 'let low = a; let high = b;' : `let low = a * g.low; let high = b * g.high;
      sum${rowsPerUnit * tile + t} += dot(a, a) + dot(b, b);`}
      ${repeat(rowsPerUnit, (i) => `sum${i * tile + t} += dot(w${i}.low, low) + dot(w${i}.high, high);`)}
    }`)}
  }
  ${(subgroups ? addBySubgroups : addThroughMemory)(product, shape, sums, allUnits, input.count)}
}`;
  return { name: `${name}.${tile}`, code, bindings };
}

/** Workgroups of a {@link rowProduct}. @param units all, those of the side too @param width of the matrix */
export function rowProductWorkgroups(units: number, width: number, tokens: number, tile: number): [number, number] {
  return [Math.ceil(units / productShape(units, width).unitsPerGroup), Math.ceil(tokens / tile)];
}

type Shape = ReturnType<typeof productShape>;

function readRows(product: RowProduct, reader: string): string {
  return repeat(rowsPerUnit, (i) => `w${i} = ${reader}(${product.row(i)}, octet);`);
}

function normed({ norm, matrix }: RowProduct, squares: string): string {
  return norm === undefined ? '' : ` * inverseSqrt(${squares} / ${matrix.width}.0 + ${norm.epsilon})`;
}

function addThroughMemory(product: RowProduct, { lanes, unitsPerGroup }: Shape, sums: number, allUnits: number, count: string): string {
  const { tile } = product;
  const results = unitsPerGroup * tile;
  const total = (i: number) => `totals[${i * results}u + index]`;
  return `
  ${repeat(sums, (i) => `
  ${repeat(tile, (t) => `parts[(own * ${tile}u + ${t}u) * stride + lane] = sum${i * tile + t};`)}
  workgroupBarrier();
  if (index < ${results}u) {
    var total = 0.0;
    for (var i = 0u; i < ${lanes}u; i++) { total += parts[index * stride + i]; }
    ${total(i)} = total;
  }
  workgroupBarrier();`)}
  let mine = group.x * ${unitsPerGroup}u + index / ${tile}u;
  let token = firstToken + index % ${tile}u;
  if (index < ${results}u && mine < ${allUnits}u && token < ${count}) {
    finish(mine, token, vec4<f32>(${repeat(rowsPerUnit, total, ', ')})${normed(product, total(rowsPerUnit))});
  }`;
}

function addBySubgroups(product: RowProduct, { lanes, unitsPerGroup }: Shape, sums: number, allUnits: number, count: string): string {
  const { tile } = product;
  const parts = lanes / subgroupLanes;
  return `
  var mine: array<f32, ${sums}>;
  ${parts === 1
    ? repeat(sums * tile, (i) => `{ let total = subgroupAdd(sum${i}); if (lane == ${i % tile}u) { mine[${Math.floor(i / tile)}] = total; } }`)
    : `${repeat(sums * tile, (i) => `{ let total = subgroupAdd(sum${i}); if (lane % ${subgroupLanes}u == ${i % subgroupLanes}u) { joined[${i * parts}u + lane / ${subgroupLanes}u] = total; } }`)}
  workgroupBarrier();
  if (lane < ${tile}u) {
    ${repeat(sums, (i) => `mine[${i}] = ${repeat(parts, (part) => `joined[(${i * tile}u + lane) * ${parts}u + ${part}u]`, ' + ')};`)}
  }`}
  let token = firstToken + lane;
  if (lane < ${tile}u && group.x * ${unitsPerGroup}u + own < ${allUnits}u && token < ${count}) {
    finish(unit, token, vec4<f32>(${repeat(rowsPerUnit, (i) => `mine[${i}]`, ', ')})${normed(product, `mine[${rowsPerUnit}]`)});
  }`;
}
