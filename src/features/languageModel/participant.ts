import * as vscode from 'vscode';
import type { AnsweringClient } from '../../client';
import type { AnswerPart, AnswerResult, Mention, Place, Turn } from '../../protocol';
import { findFile } from '../openPlace';
import { InertMarkdown } from './inertMarkdown';

export const participantId = 'sparsek.participant';

const maxTokens = 400;
/** Turns that the engine is told. */
const mostTold = 12;
/** Links below an answer. */
const mostAnchors = 8;
const stages = { waiting: 'Waiting for another answer', workspace: 'Reading the workspace', encoding: 'Reading segments', reading: 'Reading', writing: '' } as const;

type Stream = Pick<vscode.ChatResponseStream, 'markdown' | 'progress' | 'reference' | 'anchor'>;

/** `@sparsek` in the editor's own chat: the same answers as in the panel, from the same task. */
export function answerInChat(client: AnsweringClient): vscode.ChatRequestHandler {
  return async ({ prompt, references }, { history }, stream, token): Promise<vscode.ChatResult> => {
    const result = await answer(client, { question: prompt, history: turnsOf(history).slice(-mostTold), mentions: mentionsOf(references) }, stream, token);
    return result.outcome.kind === 'not-ready' ? { errorDetails: { message: result.outcome.reason } } : {};
  };
}

export async function answer(
  client: AnsweringClient, asked: { readonly question: string; readonly history: readonly Turn[]; readonly mentions: readonly Mention[] }, stream: Stream, token: vscode.CancellationToken,
): Promise<AnswerResult> {
  const words = new InertMarkdown();
  let stage = '';
  const waiting: Promise<void>[] = [];
  const onPart = (part: AnswerPart) => {
    if (part.kind === 'stage' && stages[part.stage] !== '' && stage !== part.stage) stream.progress(stages[part.stage]);
    if (part.kind === 'stage') stage = part.stage;
    else if (part.kind === 'text') stream.markdown(words.push(part.text));
    else if (part.kind === 'sources') waiting.push(...part.sources.map((source) => refer(source, (location) => stream.reference(location))));
  };
  const request = { method: 'ask', ...asked, open: [], maxTokens, sampling: { temperature: 0, topP: 1 }, encode: 0 } as const;
  const result = await client.answer(request, onPart, token);
  await Promise.all(waiting);
  stream.markdown(words.end());
  if (result.outcome.kind === 'not-found') stream.markdown(result.outcome.reason);
  const places = distinct(result.references).slice(0, mostAnchors);
  if (places.length > 0) stream.markdown('\n\n');
  for (const place of places) {
    await refer(place, (location) => {
      stream.anchor(location, `${place.path}:${place.startLine}`);
      stream.markdown(' ');
    });
  }
  return result;
}

async function refer(place: Place, show: (location: vscode.Location) => void): Promise<void> {
  const uri = await findFile(place.path);
  if (uri !== undefined) show(new vscode.Location(uri, new vscode.Range(place.startLine - 1, 0, Math.max(place.startLine, place.endLine) - 1, 0)));
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.path}:${place.startLine}`, place])).values()];
}

/** Questions and answers of this participant. */
function turnsOf(history: vscode.ChatContext['history']): Turn[] {
  const turns: Turn[] = [];
  let question: string | undefined;
  for (const turn of history) {
    if (turn instanceof vscode.ChatRequestTurn) {
      question = turn.prompt;
      continue;
    }
    const text = turn.response.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : '')).join('');
    if (question !== undefined && text !== '') turns.push({ question, answer: text });
    question = undefined;
  }
  return turns;
}

function mentionsOf(references: readonly vscode.ChatPromptReference[]): Mention[] {
  return references.flatMap(({ value }): Mention[] => {
    if (value instanceof vscode.Uri) return [{ path: vscode.workspace.asRelativePath(value, false) }];
    if (!(value instanceof vscode.Location)) return [];
    const { uri, range } = value;
    return [{ path: vscode.workspace.asRelativePath(uri, false), startLine: range.start.line + 1, endLine: range.end.line + 1 }];
  });
}
