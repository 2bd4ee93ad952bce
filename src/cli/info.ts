import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine } from './engineOptions';
import type { EngineInfo } from '../protocol';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'info [--json]';

export const info: Subcommand = {
  name: 'info',
  usage,
  summary: 'Load the model and say what runs where, in how many bytes.',
  help: `
Checks every file of the model pack, loads it and prints the model, the device and the memory plan. The plan is fixed
before anything is allocated and never exceeded, whatever the length of a file.

  --json          one JSON object
${engineOptionsHelp}`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, { json: { type: 'boolean' }, ...engineOptions });
  if (positionals.length > 0) throw usageProblem(usage, `"${positionals[0]}" is one argument too many.`);
  const engine = await loadEngine(usage, values, streams);
  const description = engine.info;
  await engine.dispose();
  await streams.result(values.json === true ? JSON.stringify(description) : describe(description));
  return exitCodes.success;
}

function describe({ engineVersion, node, executable, model, device, memory, loadMilliseconds }: EngineInfo): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    `Engine    ${engineVersion} on Node ${node} (${executable})`,
    `Model     ${model.displayName}, pack ${model.packVersion}, ${megabytes(model.weightBytes)} of files`,
    `Geometry  ${model.layers} layers of ${model.width}, ${model.queryHeads} query and ${model.keyValueHeads} KV heads of ${model.headDim}, vocabulary ${model.vocabulary}`,
    `Device    ${device.kind}: ${device.name}${device.threads > 0 ? `, ${device.threads} threads` : ''}. ${device.reason}`,
    `Memory    K = ${memory.entries} entries, W = ${memory.window} tokens; ${memory.slots} slots in ${megabytes(memory.keyValueBytes)}, the same again to read ahead in ${megabytes(memory.readAheadBytes)}, checkpoints in at most ${megabytes(memory.checkpointBytes)}, segments in at most ${megabytes(memory.segmentBytes)}`,
    `Loaded in ${Math.round(loadMilliseconds)} ms`,
  ].join('\n');
}
