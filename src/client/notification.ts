import { methods, type PauseReading, type WorkspaceAttention, type WorkspaceChange } from '../protocol';
import type { DocumentNotification } from './documentMirror';

/** What the engine is told without an answer. */
export type EngineNotification =
  | DocumentNotification
  | { readonly method: typeof methods.workspaceChanged; readonly message: WorkspaceChange }
  | { readonly method: typeof methods.pauseReading; readonly message: PauseReading }
  | { readonly method: typeof methods.workspaceAttention; readonly message: WorkspaceAttention };
