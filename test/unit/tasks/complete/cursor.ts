import type { Surroundings } from '../../../../src/engine/tasks/complete/surroundings';

/** Surroundings from a text in which `║` is the cursor. */
export function at(marked: string, extent: Surroundings['extent'] = 'block'): Surroundings {
  const [before, after, ...more] = marked.split('║') as [string, string?, ...string[]];
  if (after === undefined || more.length > 0) throw new Error('A marked text has one cursor.');
  return { before, after, extent };
}
