import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const version = '3.22.1';

/** llama.cpp on the same base weights, in this process: the peer every speed is compared with. */
export interface Peer extends AsyncDisposable {
  readonly description: string;
  /** Reads tokens behind those read before. */
  prefill(tokens: readonly number[]): Promise<void>;
  /**
   * Reads the last tokens of a prompt and writes greedily behind them; the context is set back to where it was.
   *
   * @param last at least one
   * @param ends whether nothing follows a token
   * @returns what was written, the token that ends it included
   */
  decode(last: readonly number[], count: number, ends?: (token: number) => boolean): Promise<number[]>;
  /** Forgets what was read beyond `length` tokens. */
  truncate(length: number): Promise<void>;
}

// The few members used here; the package is installed on demand and brings no types at compile time.
interface LlamaModule {
  getLlama(options: object): Promise<Llama>;
}
interface Llama {
  loadModel(options: object): Promise<{ createContext(options: object): Promise<{ getSequence(): Sequence }> }>;
  dispose(): Promise<void>;
}
interface Sequence {
  readonly nextTokenIndex: number;
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
  eraseContextTokenRanges(ranges: readonly { start: number; end: number }[]): Promise<void>;
}

/**
 * Installs the peer into `cache` when it is not there and loads `gguf` with room for `contextTokens`.
 *
 * @param gpu whether to run on the GPU through Vulkan instead of on the CPU
 */
export async function startPeer(cache: string, gguf: string, contextTokens: number, threads: number, gpu = false): Promise<Peer> {
  const peer = await importPeer(cache);
  const llama = await peer.getLlama({ gpu: gpu ? 'vulkan' : false, build: 'never', skipDownload: true, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: gguf, gpuLayers: gpu ? 'max' : 0 });
  const context = await model.createContext({ contextSize: contextTokens, batchSize: 256, threads, flashAttention: true });
  const sequence = context.getSequence();

  const truncate = async (length: number): Promise<void> => {
    if (sequence.nextTokenIndex > length) await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
  };
  return {
    description: `llama.cpp (node-llama-cpp ${version}), Q4_K_M, flash attention, ${gpu ? 'Vulkan' : `${threads} threads`}`,
    prefill: (tokens) => sequence.evaluateWithoutGeneratingNewTokens(tokens),
    async decode(last, count, ends = () => false) {
      const before = sequence.nextTokenIndex;
      const tokens: number[] = [];
      for await (const token of sequence.evaluate(last, { temperature: 0, yieldEogToken: true })) {
        tokens.push(token);
        if (tokens.length >= count || ends(token)) break;
      }
      await truncate(before);
      return tokens;
    },
    truncate,
    [Symbol.asyncDispose]: () => llama.dispose(),
  };
}

async function importPeer(cache: string): Promise<LlamaModule> {
  const folder = join(cache, `node-llama-cpp-${version}`);
  if (!existsSync(join(folder, 'node_modules/node-llama-cpp'))) {
    console.log(`Installing node-llama-cpp ${version} into ${folder} (about 700 MB) …`);
    await mkdir(folder, { recursive: true });
    execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `node-llama-cpp@${version}`], { stdio: 'inherit' });
  }
  const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
  return (await import(pathToFileURL(entry).href)) as LlamaModule;
}
