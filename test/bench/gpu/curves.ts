/** The part of a report of `bench -- gpu` that is drawn. */
export interface GpuFigures {
  readonly device: { readonly device: string };
  readonly rows: readonly { readonly context: number; readonly writing: number; readonly reading: number; readonly 'card, MiB'?: number }[];
  readonly peer: readonly { readonly context: number; readonly 'llama.cpp writing': number; readonly 'llama.cpp reading': number }[];
  readonly bytes: { readonly weightsAndScratch: number; readonly keysAndValues: number };
}

interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly (readonly [context: number, value: number])[];
}

const [width, height, left, top, gap] = [380, 230, 60, 40, 60];
const [ours, peer] = ['#1f6feb', '#9a6700'];

/** Three charts side by side over the tokens of context: writing, reading, memory of the card. */
export function plotted({ device, rows, peer: others, bytes }: GpuFigures): string {
  const curve = (label: string, colour: string, points: Curve['points']): Curve => ({ label, colour, points });
  // The peer's first reading compiles its shaders, as ours does before anything is timed.
  const warm = others.slice(1);
  const charts = [
    chart('Writing, tokens a second', [
      curve('SparseK Code', ours, rows.map(({ context, writing }) => [context, writing])),
      curve('llama.cpp, Vulkan', peer, others.map((row) => [row.context, row['llama.cpp writing']])),
    ]),
    chart('Reading, tokens a second', [
      curve('SparseK Code', ours, rows.map(({ context, reading }) => [context, reading])),
      curve('llama.cpp, Vulkan', peer, warm.map((row) => [row.context, row['llama.cpp reading']])),
    ]),
    chart('GPU memory, MB', [
      curve('the card, by nvidia-smi', '#57606a', rows.flatMap((row) => (row['card, MiB'] === undefined ? [] : [[row.context, row['card, MiB'] * 1.048576] as const]))),
      curve('our buffers', ours, rows.map(({ context }) => [context, (bytes.weightsAndScratch + bytes.keysAndValues) / 1e6])),
    ]),
  ];
  const whole = charts.length * (width + gap) + left;
  const placed = charts.map((content, i) => `<g transform="translate(${left + i * (width + gap)} ${top})">${content}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${height + top + 50}" font-family="sans-serif" font-size="12" fill="#1f2328">
<rect width="100%" height="100%" fill="#ffffff"/>
${placed.join('\n')}
<text x="${left}" y="${height + top + 42}" fill="#57606a">tokens of context; ${device.device}</text>
</svg>
`;
}

function chart(title: string, curves: readonly Curve[]): string {
  const contexts = [...new Set(curves.flatMap(({ points }) => points.map(([context]) => context)))].sort((a, b) => a - b);
  const largest = Math.max(...curves.flatMap(({ points }) => points.map(([, value]) => value)));
  const step = stepOf(largest);
  const most = step * Math.ceil(largest * 1.15 / step);
  const [first, last] = [Math.log(contexts[0]), Math.log(contexts[contexts.length - 1])];
  const x = (context: number) => (last === first ? width / 2 : width * (Math.log(context) - first) / (last - first));
  const y = (value: number) => height * (1 - value / most);
  const lines = Array.from({ length: Math.round(most / step) + 1 }, (_, i) => i * step).map((value) => (
    `<line x2="${width}" y1="${at(y(value))}" y2="${at(y(value))}" stroke="#d0d7de"/><text x="-8" y="${at(y(value) + 4)}" text-anchor="end">${value.toLocaleString('en')}</text>`
  ));
  const ticks = contexts.map((context) => `<text x="${at(x(context))}" y="${height + 18}" text-anchor="middle">${tokens(context)}</text>`);
  const drawn = curves.map(({ label, colour, points }, i) => [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(([context, value]) => `${at(x(context))},${at(y(value))}`).join(' ')}"/>`,
    ...points.map(([context, value]) => `<circle cx="${at(x(context))}" cy="${at(y(value))}" r="3" fill="${colour}"/>`),
    `<text x="8" y="${height - 26 + 16 * i}" fill="${colour}">${label}</text>`,
  ].join(''));
  return [`<text x="0" y="-16" font-weight="bold">${title}</text>`, ...lines, ...ticks, ...drawn].join('\n');
}

/** A round distance between lines, so that there are about five. */
function stepOf(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= largest / 5) ?? power;
}

function tokens(context: number): string {
  if (context >= 2 ** 20) return `${context / 2 ** 20}M`;
  return context >= 1024 ? `${context / 1024}k` : String(context);
}

function at(place: number): string {
  return place.toFixed(1);
}
