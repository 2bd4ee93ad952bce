import type { CompletionOutcome, CompletionRequest, CompletionResult } from '../../../protocol';
import { createSampler, generate, Lookup, RequiredText, Speculation } from '../../decode';
import type { Document, Documents } from '../../documents';
import type { LiveContext, Reading, Recall, WantedContext } from '../../memory';
import type { ModelManifest, Tokenizer } from '../../model';
import { filters, type Ending } from './filter';
import { planCompletion, textToRead, type CompletionPlan } from './plan';
import { stopRules } from './stop';
import { suffixLookahead } from './suffix';
import { SuffixKeeper } from './suffixKeeper';
import { Tally } from './tally';
import { WrittenText } from './writtenText';

/** What was written, and what a stop rule left of it. */
interface Written {
  readonly text: string;
  readonly ending: Ending;
  /** The stop rule that ended it. */
  readonly rule?: string;
}

/** Completes at a cursor: plans, reads the context, writes, stops, filters. One request at a time. */
export class Completer {
  private readonly suffixes: SuffixKeeper;

  constructor(
    private readonly manifest: ModelManifest,
    private readonly tokenizer: Tokenizer,
    private readonly documents: Documents,
    private readonly context: Pick<LiveContext, 'cache' | 'continues' | 'read'>,
    /** What the memory recalls beside a document's own text. */
    private readonly recallFor: (uri: string) => Recall,
  ) {
    this.suffixes = new SuffixKeeper(tokenizer, context.cache.plan.suffix);
  }

  /** Never fails for the document's or the person's sake: the outcome says why there is no text. */
  async complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const tally = new Tally(() => this.context.cache, this.tokenizer.vocabulary);
    try {
      const document = this.find(request);
      if ('kind' in document) return tally.result('', document);
      return await this.completeIn(document, request, tally, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return tally.result('', { kind: 'cancelled' });
    }
  }

  /** What a completion at a place reads; undefined where nothing can be completed. */
  wantedAt({ uri, offset }: Pick<CompletionRequest, 'uri' | 'offset'>): WantedContext | undefined {
    const document = this.documents.get(uri)?.content;
    if (document === undefined || 'unreadable' in document || document.isBinary) return undefined;
    const place = document.snap(Math.min(offset, document.length));
    return this.wanted(document, { uri, offset: place }, textToRead(document, place, this.tokenizer).text);
  }

  private find({ uri, version, offset }: CompletionRequest): Document | CompletionOutcome {
    const opened = this.documents.get(uri);
    if (opened === undefined) return { kind: 'unreadable', reason: 'The file is not open in the engine.' };
    if (opened.version !== version) return { kind: 'cancelled' };
    if ('unreadable' in opened.content) return { kind: 'unreadable', reason: opened.content.unreadable };
    if (opened.content.isBinary) return { kind: 'unreadable', reason: 'The file holds NUL characters: it is binary, not text.' };
    if (!(offset >= 0 && offset <= opened.content.length)) {
      return { kind: 'unreadable', reason: `The cursor's offset ${offset} does not lie in the file's ${opened.content.length} characters.` };
    }
    return opened.content;
  }

  private async completeIn(document: Document, request: CompletionRequest, tally: Tally, signal: AbortSignal): Promise<CompletionResult> {
    const plan = planCompletion(document, request, this.tokenizer);
    const wanted = this.wanted(document, request, plan.text);
    const reading = await this.context.read(wanted, signal, request.readFirst ?? 'everything');
    tally.contextRead(wanted.pinned.length + plan.text.length, reading);
    const written = await this.write(request, plan, reading, tally, signal);
    return tally.result(...judge(written, request, plan));
  }

  /** `<|fim_prefix|><|fim_suffix|>` suffix `<|fim_middle|>`: the text before the cursor follows (suffix, prefix, middle). */
  private wanted(document: Document, { uri, offset }: Pick<CompletionRequest, 'uri' | 'offset'>, text: Int32Array): WantedContext {
    const recall = this.recallFor(uri);
    const { fimPrefix, fimSuffix, fimMiddle } = this.manifest.specialTokens;
    const pin = (tokens: Int32Array) => Int32Array.of(fimPrefix, fimSuffix, ...tokens, fimMiddle);
    const after = document.slice(document.snap(offset), suffixLookahead);
    const suffix = this.suffixes.choose(uri, after, ({ tokens }) => this.context.continues({ document: uri, text, pinned: pin(tokens), recall }));
    return { document: uri, text, pinned: pin(suffix.tokens), recall };
  }

  private async write(request: CompletionRequest, plan: CompletionPlan, reading: Reading, tally: Tally, signal: AbortSignal): Promise<Written> {
    const { vocabulary } = this.tokenizer;
    const required = new RequiredText(plan.required, plan.typed, vocabulary);
    const sampler = createSampler(request.sampling);
    const speculates = request.speculation && sampler.greedy;
    const tokens = generate(this.context.cache, reading, {
      sampler,
      required,
      ...(speculates ? { speculation: new Speculation(required.likely, new Lookup(plan.text, plan.behind, request.maxTokens + plan.required.length)) } : {}),
      ends: (token) => token >= vocabulary.size,
      signal,
    });
    const written = new WrittenText(plan.typed, vocabulary);
    for await (const { token, origin } of tokens) {
      tally.token(origin);
      written.push(token);
      if (!required.isSpelled) continue;
      const stop = firstStop(written.text, plan);
      if (stop !== undefined) return { text: written.text.slice(0, stop.end), ending: 'rule', rule: stop.rule };
      if (tally.generated >= request.maxTokens) return { text: written.text, ending: 'limit' };
    }
    return { text: written.text, ending: 'model' };
  }
}

function firstStop(text: string, { surroundings }: CompletionPlan): { end: number; rule: string } | undefined {
  let first: { end: number; rule: string } | undefined;
  for (const rule of stopRules) {
    const length = rule.end(text, surroundings);
    if (length !== undefined && (first === undefined || length < first.end)) first = { end: length, rule: rule.name };
  }
  return first;
}

/** Filters what was written. */
function judge(written: Written, { mustStartWith = '' }: CompletionRequest, { surroundings }: CompletionPlan): [text: string, outcome: CompletionOutcome] {
  if (written.text === '' && written.rule === undefined) return ['', { kind: 'empty' }];
  if (written.text.trim() === '' && written.rule !== undefined) return ['', { kind: 'filtered', rule: written.rule }];
  let { text } = written;
  for (const filter of filters) {
    const kept = filter.apply(text, surroundings, written.ending);
    if (kept === undefined) return ['', { kind: 'filtered', rule: filter.name }];
    text = kept;
  }
  if (!text.startsWith(mustStartWith)) return ['', { kind: 'filtered', rule: 'must-start-with' }];
  return [text, { kind: 'completed' }];
}
