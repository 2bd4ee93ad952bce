import type { LineMemory, MemoryView } from '../../protocol';

const layersInRow = 8;

/** A hover's text in Markdown, of numbers alone: nothing of the document is repeated. */
export function describeLine(line: LineMemory | undefined, { layers, keyValueHeads, entries, capacity }: MemoryView): string {
  const memory = `The memory holds ${entries} of at most ${capacity} entries per layer and head.`;
  if (line === undefined || line.kept === 0) return `**The model remembers nothing of this line.** ${memory}`;
  const tokens = line.tokens === 1 ? 'its one token' : `its ${line.tokens} tokens`;
  if (line.live && line.kept === 1) return `**The model has all of this line:** ${tokens}, as text around the cursor. ${memory}`;
  const average = `**The model remembers ${percent(line.kept)} % of this line:** the average of ${tokens} over ${layers} layers of ${keyValueHeads} heads. ${memory}`;
  return line.layers === undefined ? average : `${average}\n\n${layerTable(line.layers)}`;
}

/** Percent by layer, a few layers in a row. */
function layerTable(layers: readonly number[]): string {
  const rows: string[] = [];
  for (let first = 0; first < layers.length; first += layersInRow) {
    const row = layers.slice(first, first + layersInRow).map((share) => String(percent(share)).padStart(4)).join('');
    rows.push(`layer ${String(first + 1).padStart(2)} to ${String(Math.min(layers.length, first + layersInRow)).padStart(2)}${row}`);
  }
  return `Percent by layer:\n\`\`\`text\n${rows.join('\n')}\n\`\`\``;
}

export function percent(share: number): number {
  return Math.round(100 * share);
}
