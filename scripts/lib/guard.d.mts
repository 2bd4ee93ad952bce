import type { ChildProcess } from 'node:child_process';

export function guard(child: ChildProcess, folder?: string): () => void;
