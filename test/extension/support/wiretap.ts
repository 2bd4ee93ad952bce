import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface WireMessage {
  readonly method?: string;
  readonly params?: unknown;
}

/**
 * A program that stands in for Node and runs it, while every byte that goes to the engine is also written to a file. Named
 * in the setting `sparsek.engine.node`, it shows what really reaches the engine's process.
 */
export class Wiretap {
  private constructor(private readonly folder: string, readonly node: string, private readonly recording: string) {}

  static async create(): Promise<Wiretap> {
    const folder = await mkdtemp(join(tmpdir(), 'sparsek-wiretap-'));
    const node = join(folder, 'node');
    const recording = join(folder, 'recording');
    await writeFile(recording, '');
    const real = await realNode();
    await writeFile(node, `#!/bin/sh\n[ "$1" = --version ] && exec '${real}' --version\ntee -a '${recording}' | '${real}' "$@"\n`);
    await chmod(node, 0o755);
    return new Wiretap(folder, node, recording);
  }

  bytes(): Buffer {
    return readFileSync(this.recording);
  }

  /** The whole messages among the bytes, in their order. */
  messages(): WireMessage[] {
    const messages: WireMessage[] = [];
    let rest = this.bytes();
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(rest.toString('latin1'));
      const start = header?.[0].length ?? 0;
      const end = start + Number(header?.[1]);
      if (!header || end > rest.length) return messages;
      messages.push(JSON.parse(rest.subarray(start, end).toString('utf8')) as WireMessage);
      rest = rest.subarray(end);
    }
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Under a desktop editor this process is the editor: then the one on PATH. */
async function realNode(): Promise<string> {
  if (process.versions.electron === undefined) return process.execPath;
  const { findNode } = await import('../../../src/client/findNode');
  const host = { executable: '', version: 'v0.0.0', isElectron: false };
  return (await findNode({ setting: '', extensionDirectory: '', host, searchPath: process.env['PATH'] ?? '' })).executable;
}
