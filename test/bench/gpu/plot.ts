import { readFile, writeFile } from 'node:fs/promises';
import { plotted, type GpuFigures } from './curves';

/** Draws what `npm run bench -- gpu --json FILE` wrote: `npx tsx test/bench/gpu/plot.ts FILE media/gpu.svg`. */
const [source, target] = process.argv.slice(2);
if (process.argv.length !== 4) throw new Error('Which figures, and to which file?');
await writeFile(target, plotted(JSON.parse(await readFile(source, 'utf8')) as GpuFigures));
