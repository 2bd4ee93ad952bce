import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { secondsOf, type Bench } from '../bench';
import { startPeer } from '../peer/llama';
import type { Row } from '../report';

const longest = 131_072;
const batch = 512;

/**
 * llama.cpp on Vulkan behind the same contexts, until it refuses. Only where it is there already: a machine with a GPU for
 * measuring may have no network. `SPARSEK_BASE_GGUF` names the base weights.
 */
export async function comparePeer({ cacheDirectory, threads }: Bench, tokens: Int32Array, contexts: readonly number[], written: number): Promise<Row[]> {
  const gguf = process.env['SPARSEK_BASE_GGUF'] ?? join(cacheDirectory, 'base', 'Qwen2.5-Coder-0.5B-Instruct.gguf');
  if (!existsSync(gguf)) {
    console.log(`llama.cpp is left out: the base weights are not in ${gguf} (SPARSEK_BASE_GGUF names another place).`);
    return [];
  }
  const rows: Row[] = [];
  try {
    const reached = contexts.filter((context) => context <= longest);
    await using peer = await startPeer(cacheDirectory, gguf, Math.max(...reached) + 2 * batch, threads, true);
    console.log(`Peer: ${peer.description}.`);
    let read = 0;
    for (const context of reached) {
      const start = read;
      const seconds = await secondsOf(async () => {
        for (; read < context; read += batch) {
          const at = read % (tokens.length - batch);
          await peer.prefill([...tokens.slice(at, at + Math.min(batch, context - read))]);
        }
        read = context;
      });
      let count = 0;
      await peer.decode([tokens[0]], written);
      const writing = await secondsOf(async () => { count = (await peer.decode([tokens[0]], written)).length; });
      rows.push({ context, 'llama.cpp reading': (context - start) / seconds, 'llama.cpp writing': count / writing });
    }
  } catch (error) {
    console.log(`llama.cpp ends here: ${error instanceof Error ? error.message : String(error)}`);
  }
  return rows;
}
