import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { openEditor } from '../host/openEditor';
import { completeScene } from './completeScene';
import { extensionLog, figuresIn } from './figures';
import { copySampleWorkspace } from './sampleWorkspace';
import { againScene, pythonScene, typescriptScene } from './scenes';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pictures = join(root, 'out', 'demo');
const readyTimeout = 180_000;

/**
 * The real model completes real code in a real VS Code: types into the sample workspace, takes what the model
 * suggests, and leaves pictures of it in out/demo.
 *
 * @throws when the model is not whole, or when no suggestion comes.
 */
export async function runDemo(report: (line: string) => void): Promise<void> {
  const missing = await missingModelFiles();
  if (missing.length > 0) {
    throw new Error(
      `The model in ${shippedModel} is not whole. Missing: ${missing.join(', ')}. ` +
        'Nothing can be completed without it. Restore the files (in a clone: git checkout -- models) and run the demo again.',
    );
  }
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  await using workspace = await copySampleWorkspace();
  report('  opening the sample workspace');
  await using opened = await openEditor({ workspace: workspace.path, file: join(workspace.path, typescriptScene.file), extension: root, report });
  const { editor, userData } = opened;
  const shot = async (name: string): Promise<void> => {
    await editor.screenshot(join(pictures, `${name}.png`));
    report(`  out/demo/${name}.png`);
  };
  try {
    await editor.opened();
    report('  waiting for the model');
    await editor.extensionReady('sparsek.sparsek-code', readyTimeout);
    for (const scene of [typescriptScene, againScene, pythonScene]) {
      const { ghost } = await completeScene(editor, workspace.path, scene, shot);
      report(`\n${scene.file}: typed${indent(scene.typed)}\n  suggested after ${ghost.milliseconds} ms${indent(ghost.text)}`);
    }
  } catch (error) {
    await shot('failure');
    report(`The extension's log:${indent(await extensionLog(userData))}`);
    throw error;
  }
  reportFigures(await extensionLog(userData), report);
}

/** One row a completion, the one after each accepted suggestion included. */
function reportFigures(log: string, report: (line: string) => void): void {
  report('\nTokens of each completion, from the extension\'s log');
  report('  reused   read  generated  key/value cache');
  for (const { reused, read, generated, keyValueCache } of figuresIn(log)) {
    report(`  ${String(reused).padStart(6)} ${String(read).padStart(6)} ${String(generated).padStart(10)}  ${keyValueCache}`);
  }
}

function indent(text: string): string {
  return `\n${text.trim()}`.replaceAll('\n', '\n    ');
}
