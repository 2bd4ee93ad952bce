import { readManifest, Tokenizer, type ModelManifest } from '../../src/engine/model';
import { planMemory, type MemoryPlan } from '../../src/engine/memory';
import { defaultMemoryBudgetMegabytes } from '../../src/protocol';
import { cacheFolder } from '../host/cacheFolder';
import { realCode } from './realCode';

/** What every benchmark runs on: the model pack at the memory it ships with. */
export interface Bench {
  readonly root: string;
  readonly modelDirectory: string;
  readonly manifest: ModelManifest;
  readonly tokenizer: Tokenizer;
  readonly budgetMegabytes: number;
  readonly plan: MemoryPlan;
  /** CPU threads; 0 lets the engine choose. */
  readonly threads: number;
  /** Where peers are installed. */
  readonly cacheDirectory: string;
}

/** @throws ProblemError when the pack is not there */
export async function openBench(root: string, modelDirectory: string, threads: number): Promise<Bench> {
  const manifest = await readManifest(modelDirectory);
  const tokenizer = await Tokenizer.open(modelDirectory, manifest);
  const budgetMegabytes = defaultMemoryBudgetMegabytes;
  return { root, modelDirectory, manifest, tokenizer, budgetMegabytes, plan: planMemory(budgetMegabytes, manifest), threads, cacheDirectory: cacheFolder() };
}

/** The first `count` tokens of the project's own code. */
export async function codeTokens({ root, tokenizer }: Bench, count: number): Promise<Int32Array> {
  // Five characters a token leave room: code has between three and four.
  const tokens = Int32Array.from(tokenizer.encode(await realCode(root, count * 5)));
  if (tokens.length < count) throw new Error(`The project's code has ${tokens.length} tokens, ${count} were asked for.`);
  return tokens.slice(0, count);
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
