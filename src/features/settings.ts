import * as vscode from 'vscode';
import { defaultDoNotRead, defaultIdleMinutes, defaultMemoryBudgetMegabytes, defaultStoreBudgetMegabytes, devicePreferences, memorySources, type DevicePreference, type MemorySources } from '../protocol';
import type { ExtentPreference } from './complete/extent';
import { isOn, namesThatAreOn, parseSwitches, type Switches } from './switches';

/** The section of every setting of this extension; package.json describes them. */
export const section = 'sparsek';

/** What holds for one document: its folder's, its language's and the person's own settings, merged by the editor. */
export interface CompletionSettings {
  readonly enable: boolean;
  readonly languages: Switches;
  /** Globs of files of which nothing goes to the engine. */
  readonly doNotRead: readonly string[];
  readonly debounceMilliseconds: number;
  readonly maxTokens: number;
  readonly extent: ExtentPreference;
  readonly speculation: boolean;
}

/** What holds for the window: one engine serves all of its folders, and other windows with the same settings. */
export interface EngineSettings {
  /** Absolute path of a Node.js; empty: one is found. */
  readonly node: string;
  /** 0: the engine chooses. */
  readonly threads: number;
  readonly device: DevicePreference;
  /** After which an engine that is not used ends; 0: never. */
  readonly idleMinutes: number;
  /** Whether windows use one engine. */
  readonly share: boolean;
  /** Absolute path of a model's folder; empty: the one that was imported, else the one beside the program. */
  readonly modelPath: string;
  readonly memoryBudgetMegabytes: number;
  readonly sources: MemorySources;
  /** On the disk; 0 keeps nothing. */
  readonly storeBudgetMegabytes: number;
}

export function readCompletionSettings(document: vscode.TextDocument): CompletionSettings {
  const settings = vscode.workspace.getConfiguration(section, document);
  return {
    enable: booleanOf(settings.get('enable'), true),
    languages: parseSwitches(settings.get('languages')),
    doNotRead: doNotReadOf(settings),
    debounceMilliseconds: numberOf(settings.get('complete.debounceMilliseconds'), 60, 0, 5_000),
    maxTokens: numberOf(settings.get('complete.maxTokens'), 64, 1, 128),
    extent: extentOf(settings.get('complete.extent')),
    speculation: booleanOf(settings.get('complete.speculation'), true),
  };
}

export function readEngineSettings(): EngineSettings {
  const settings = vscode.workspace.getConfiguration(section);
  return {
    node: stringOf(settings.get('engine.node')),
    threads: numberOf(settings.get('engine.threads'), 0, 0, 256),
    device: devicePreferences.find((device) => device === settings.get('engine.device')) ?? 'cpu',
    idleMinutes: numberOf(settings.get('engine.idleMinutes'), defaultIdleMinutes, 0, 10_000),
    share: booleanOf(settings.get('engine.share'), true),
    modelPath: stringOf(settings.get('model.path')),
    memoryBudgetMegabytes: numberOf(settings.get('memory.budgetMegabytes'), defaultMemoryBudgetMegabytes, 1, 1_000_000),
    sources: memorySources.find((sources) => sources === settings.get('memory.sources')) ?? 'workspace',
    storeBudgetMegabytes: numberOf(settings.get('store.budgetMegabytes'), defaultStoreBudgetMegabytes, 0, 1_000_000),
  };
}

/** Whether completions are on in this window, apart from what is said of single languages. */
export function isEnabledInWindow(): boolean {
  return booleanOf(vscode.workspace.getConfiguration(section).get('enable'), true);
}

/** Whether what nobody waits for is read in pauses, in this window. */
export function isReadingPaused(): boolean {
  const settings = vscode.workspace.getConfiguration(section);
  return booleanOf(settings.get('memory.paused'), false);
}

/** Whether completions are on for this document. */
export function isEnabledFor(document: vscode.TextDocument): boolean {
  const { enable, languages } = readCompletionSettings(document);
  return enable && isOn(languages, document.languageId);
}

/** Globs of files that must not be read in a folder or document. */
export function readDoNotRead(scope: vscode.Uri): string[] {
  return doNotReadOf(vscode.workspace.getConfiguration(section, scope));
}

/** A value that is no switches at all (a list written over the default) adds to the default instead of undoing it. */
function doNotReadOf(settings: vscode.WorkspaceConfiguration): string[] {
  const value = settings.get<unknown>('doNotRead');
  const globs = namesThatAreOn(parseSwitches(value));
  const isSwitches = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isSwitches ? globs : [...defaultDoNotRead, ...globs];
}

// The editor hands out whatever a settings file holds, whatever type package.json asks for.
function booleanOf(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

function numberOf(value: unknown, fallback: number, least: number, most: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : fallback;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function extentOf(value: unknown): ExtentPreference {
  return value === 'line' || value === 'block' ? value : 'auto';
}
