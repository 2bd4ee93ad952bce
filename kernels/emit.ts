// The command line of the graph writer: npm run kernels -- <folder of a model pack>
import { emitGraphs } from './emitGraphs';

const directory = process.argv.at(2);
if (directory === undefined) {
  console.error('Usage: npm run kernels -- <folder of a model pack>');
  process.exitCode = 2;
} else {
  const { path, bytes } = await emitGraphs(directory);
  console.log(`${path}: ${bytes} bytes`);
}
