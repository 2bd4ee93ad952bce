import { realCode } from './realCode';
import type { Bench } from './bench';
import { BenchEngine } from './engineProcess';
import { printTable } from './report';
import { TypedDocument } from './typedDocument';

const lengths = [4096, 16_384, 65_536];

/**
 * Completes at the end of ever longer documents and looks at what the engine holds. Resident memory is the most of what was seen
 * once a second while a document was read: at any one moment the system may just have taken pages back that lay idle.
 */
export async function memory(bench: Bench): Promise<object> {
  const code = await realCode(bench.root, lengths[lengths.length - 1] * 4);
  await using engine = await BenchEngine.start(bench);
  const loaded = engine.residentBytes();
  const rows = [];
  for (const length of lengths) {
    const text = bench.tokenizer.decode(bench.tokenizer.encode(code).slice(0, length));
    const document = new TypedDocument(`untitled:${length}`, 'long.ts', 'typescript', text);
    const samples = [engine.residentBytes()];
    const sampling = setInterval(() => samples.push(engine.residentBytes()), 1000);
    const { tokens, memory: use } = await engine.complete(document, text.length).finally(() => clearInterval(sampling));
    samples.push(engine.residentBytes());
    engine.close(document);
    rows.push({
      'tokens of text': length,
      'read now': tokens.read,
      'key/value MB': use.keyValueBytes / 1e6,
      entries: use.entries,
      'resident MB, at most': Math.max(...samples) / 1e6,
    });
  }
  console.log(`Resident after loading, before reading: ${(loaded / 1e6).toFixed(0)} MB.`);
  printTable(rows);
  const residents = rows.map((row) => row['resident MB, at most']);
  const spread = Math.max(...residents) / Math.min(...residents) - 1;
  console.log(`Largest resident memory is ${(100 * spread).toFixed(1)} % above the smallest.`);
  return { loadedMegabytes: loaded / 1e6, rows, residentSpread: spread };
}
