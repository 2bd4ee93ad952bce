import type { EngineState } from '../../client';
import { describeProblem, type DocumentReading, type LoadProgress, type WorkspaceProgress } from '../../protocol';
import { describeOutcome, megabytes } from '../complete/explain';
import type { CompletionRecord } from '../complete/history';
import { describeProgress } from '../workspace/describe';
import { describeLeftOut, type LeftOutFolder } from '../workspace/chooseFolders';

export interface StatusInput {
  readonly engine: EngineState;
  /** Whether completions are on in what is looked at. */
  readonly enabled: boolean;
  /** Whether the model is at work for a completion. */
  readonly completing: boolean;
  readonly last: CompletionRecord | undefined;
  /** How far a document is read that is not read whole yet. */
  readonly reading?: DocumentReading | undefined;
  /** Whether what nobody waits for is not read. */
  readonly readingIsPaused: boolean;
  /** How far the folders are read that are. */
  readonly workspace: readonly WorkspaceProgress[];
  /** Folders that are not read. */
  readonly leftOut: readonly LeftOutFolder[];
}

export interface StatusText {
  readonly kind: 'off' | 'idle' | 'unloaded' | 'starting' | 'ready' | 'reading' | 'paused' | 'completing' | 'error';
  /** With the editor's icons, `$(name)`. */
  readonly text: string;
  readonly tooltip: readonly string[];
}

const unloaded = 'The model is unloaded: nobody has used it for a while. It comes back with the next edit or question, with what is open.';

/** What the status item says: where the engine stands, and why the last question got no answer, if it got none. */
export function statusText(input: StatusInput): StatusText {
  const { engine, enabled, last } = input;
  if (!enabled) return { kind: 'off', text: '$(circle-slash) SparseK', tooltip: ['Completions are switched off here.'] };
  switch (engine.kind) {
    case 'stopped':
      if (engine.isUnloaded === true) return { kind: 'unloaded', text: '$(circle-outline) SparseK', tooltip: [unloaded, ...silence(last)] };
      return { kind: 'idle', text: '$(sparkle) SparseK', tooltip: ['The engine starts when a file is opened.', ...silence(last)] };
    case 'starting':
      return { kind: 'starting', text: '$(loading~spin) SparseK', tooltip: [stage(engine.progress)] };
    case 'restarting':
      return { kind: 'starting', text: '$(loading~spin) SparseK', tooltip: [`${engine.because} It is being started again.`] };
    case 'failed':
      return { kind: 'error', text: `$(error) SparseK: ${errorName(engine.problem.code)}`, tooltip: [describeProblem(engine.problem)] };
    case 'ready': {
      const { model, device, memory } = engine.info;
      return {
        ...activity(input),
        tooltip: [
          `${model.displayName} on ${device.name}. ${device.reason}`,
          `Memory: ${megabytes(memory.keyValueBytes)} of keys and values at any length of file`,
          ...lastRequest(last),
          ...(input.readingIsPaused ? ['Reading in the background is paused: completions go on with what is read, and questions read what they need.'] : []),
          ...whileReading(input.reading),
          ...input.workspace.map(describeProgress),
          ...input.leftOut.map(describeLeftOut),
          ...silence(last),
        ],
      };
    }
  }
}

/** What a person waits for comes first, then what is read while nobody does. */
function activity({ completing, reading, readingIsPaused, workspace }: StatusInput): Pick<StatusText, 'kind' | 'text'> {
  if (completing) return { kind: 'completing', text: '$(sync~spin) SparseK' };
  if (readingIsPaused) return { kind: 'paused', text: '$(debug-pause) SparseK' };
  if (reading !== undefined) return { kind: 'reading', text: `$(book) SparseK ${Math.floor((100 * reading.read) / Math.max(1, reading.tokens))} %` };
  const folder = workspace.find(({ done }) => !done);
  if (folder === undefined) return { kind: 'ready', text: '$(sparkle) SparseK' };
  const { files, filesInAll } = folder;
  return { kind: 'reading', text: `$(book) SparseK ${files}${filesInAll === undefined ? '' : ` of ${filesInAll}`} files` };
}

function stage(progress: LoadProgress | undefined): string {
  if (!progress) return 'The engine is starting.';
  const what = { verifying: 'Checking the model', loading: 'Loading the model', ready: 'Ready' }[progress.stage];
  return `${what}: ${Math.round(progress.fraction * 100)} %`;
}

/** What the last completion cost; nothing of one that never came to the model. */
function lastRequest(last: CompletionRecord | undefined): string[] {
  if (last === undefined || last.result.memory.keyValueBytes === 0) return [];
  const { tokens } = last.result;
  return [`Last request: reused ${tokens.reused} tokens, read ${tokens.read}, wrote ${tokens.generated} in ${Math.round(last.milliseconds)} ms`];
}

function whileReading(reading: DocumentReading | undefined): string[] {
  return reading ? [`Reading the open file while you pause: ${reading.read} of ${reading.tokens} tokens`] : [];
}

function silence(last: CompletionRecord | undefined): string[] {
  return last && last.result.outcome.kind !== 'completed' ? [`Last silence: ${describeOutcome(last.result.outcome)}`] : [];
}

function errorName(code: string): string {
  return { 'model-missing': 'model files missing', 'model-corrupt': 'model files damaged', 'node-missing': 'no Node.js' }[code] ?? 'error';
}
