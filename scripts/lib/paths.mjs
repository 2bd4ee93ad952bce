import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');
export const out = join(root, 'out');

/** @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);
