// Renews the README's table of settings: `npm run readme`.
import { readFile, writeFile } from 'node:fs/promises';
import { inRoot } from './lib/paths.mjs';
import { withSettingsTable } from './lib/settingsTable.mjs';

const path = inRoot('README.md');
const manifest = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
await writeFile(path, withSettingsTable(await readFile(path, 'utf8'), manifest));
