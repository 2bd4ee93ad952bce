import type { AnswerPart, AnswerResult, AskRequest, Turn } from '../../../protocol';
import { priorOfRank, Recall, segmentKey, type SegmentMemories } from '../../memory';
import type { RankedSegment, Segment, Workspace } from '../../workspace';
import { AnswerTally, readPrompt, writeTurn, type ChatModel, type Writing } from '../chat';
import { Conversation } from './conversation';
import { chooseEvidence } from './evidence/chooseEvidence';
import type { Evidence } from './evidence/evidence';
import { openingText, questionText, systemText } from './prompt';
import { References } from './references';
import { symbolFacts } from './symbolFacts';

/** What the asker needs of a workspace that is read. */
export interface AskedWorkspace {
  readonly workspace: Workspace;
  readonly memories: SegmentMemories;
  /** Encodes segments that are not kept yet, the best first, and tells how many are done. */
  encode(segments: readonly Segment[], signal: AbortSignal, onDone: (done: number, count: number) => void): Promise<void>;
}

/** Tokens of evidence: with what is quoted of it, read in two seconds on two cores. A follow-up has some already. */
const evidenceTokens = { first: 850, later: 500 };
const document = 'conversation';

/** Answers questions about a workspace: finds, reads, writes, checks what the answer refers to. One question at a time. */
export class Asker {
  private readonly conversation: Conversation;
  private readonly system: Int32Array;

  constructor(private readonly model: ChatModel) {
    this.conversation = new Conversation(model.template);
    this.system = Int32Array.from(model.template.turn('system', systemText));
  }

  /** Never fails for the person's sake: a cancelled answer keeps what was written. */
  async ask(request: AskRequest, asked: AskedWorkspace, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const tally = new AnswerTally(request.id, send);
    try {
      return await this.answer(request, asked, tally, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return tally.result({ kind: 'cancelled' }, this.model.context.cache);
    }
  }

  private async answer(request: AskRequest, asked: AskedWorkspace, tally: AnswerTally, signal: AbortSignal): Promise<AnswerResult> {
    const { workspace } = asked;
    const { files, segments } = workspace.progress;
    tally.read = { files, segments, recalled: 0 };
    const { question, history, mentions, open } = request;
    const before = history.at(-1)?.question;
    const found = await chooseEvidence(workspace, this.model.tokenizer, {
      question, mentions, open, mostTokens: history.length === 0 ? evidenceTokens.first : evidenceTokens.later,
      ...(before === undefined ? {} : { before }),
    }, signal);
    if (found.evidence.length === 0) {
      return tally.result({ kind: 'not-found', reason: `None of the words of the question stand in the ${files} files of this workspace.` }, this.model.context.cache);
    }
    tally.sources = found.evidence.map(({ path, startLine, endLine, label, because }) => ({ path, startLine, endLine, label, because }));
    tally.tell({ kind: 'sources', sources: tally.sources });
    const recall = await this.recall(found.ranked, request.encode, asked, tally, signal);
    return this.write(request, found.evidence, recall, workspace, tally, signal);
  }

  /** The segments that are encoded by now, or may be for this question. */
  private async recall(ranked: readonly RankedSegment[], encode: number, asked: AskedWorkspace, tally: AnswerTally, signal: AbortSignal): Promise<Recall> {
    const { memories } = asked;
    if (memories.size === 0 && encode === 0) return Recall.nothing;
    const best = await segmentsFor(asked.workspace, ranked.slice(0, memories.capacity));
    const missing = best.filter(({ tokens }) => !memories.touch(segmentKey(tokens))).slice(0, encode);
    if (missing.length > 0) await asked.encode(missing, signal, (done, count) => tally.tell({ kind: 'stage', stage: 'encoding', done, count }));
    const recall = new Recall(best.map(({ tokens }, rank) => ({ key: segmentKey(tokens), tokens, prior: priorOfRank(rank) })).reverse()).encodedIn(memories);
    tally.read = { ...tally.read, recalled: recall.segments.length };
    return recall;
  }

  private async write(
    { question, history, maxTokens, sampling }: AskRequest, evidence: readonly Evidence[], recall: Recall, workspace: Workspace, tally: AnswerTally, signal: AbortSignal,
  ): Promise<AnswerResult> {
    const { template, tokenizer, context, takeTurn } = this.model;
    const facts = await symbolFacts(workspace, question, signal);
    const before = this.conversation.tokensOf(history);
    const opening = openingText(evidence);
    const asked = [...template.turn('user', questionText(question, evidence, facts)), ...template.open('assistant', opening)];
    const text = Int32Array.from([...before, ...asked]);
    const references = new References(workspace, evidence);
    tally.grow(opening);
    tally.refer(await references.newIn(opening, true), references.all);
    const reading = await readPrompt(context, { document, system: this.system, text, recall }, takeTurn, signal, (done, count) => {
      tally.tell({ kind: 'stage', stage: 'reading', done, count });
    });
    tally.promptRead(reading);
    tally.tell({ kind: 'stage', stage: 'writing' });
    let last: Writing | undefined;
    try {
      for await (const writing of writeTurn(context, reading, takeTurn, { sampling, maxTokens, before: text, vocabulary: tokenizer.vocabulary, signal })) {
        tally.wrote(writing.tokens.length - (last?.tokens.length ?? 0), writing.accepted - (last?.accepted ?? 0));
        last = writing;
        tally.grow(opening + writing.text);
        const fresh = await references.newIn(writing.text, writing.ending !== undefined);
        tally.refer(fresh, references.all);
      }
    } finally {
      // A stopped answer is part of the conversation as far as it came.
      if (last !== undefined) this.remember({ question, answer: opening + last.text }, asked, last);
    }
    return tally.result({ kind: 'answered', ending: last?.ending ?? 'model' }, context.cache, opening + (last?.text ?? ''));
  }

  private remember(turn: Turn, asked: readonly number[], { text, tokens, ending }: Writing): void {
    const written = ending === 'repetition' ? this.model.tokenizer.encode(text) : tokens;
    this.conversation.add(turn, [...asked, ...written]);
  }
}

/** A file that has changed since it was ranked is ranked anew the next time. */
async function segmentsFor(workspace: Workspace, ranked: readonly RankedSegment[]): Promise<Segment[]> {
  const segments = await Promise.all(ranked.map(async ({ path, startLine, endLine }) => (
    (await workspace.segmentsOf(path)).find((one) => one.startLine === startLine && one.endLine === endLine)
  )));
  return segments.filter((segment) => segment !== undefined);
}
