import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completionQuery } from '../../../src/engine/workspace/rank/completionQuery';
import { questionQuery } from '../../../src/engine/workspace/rank/questionQuery';
import { Ranker, type Attention } from '../../../src/engine/workspace/rank/ranker';
import { stem, wordsOf } from '../../../src/engine/workspace/rank/terms';
import { useSegmenter } from './useSegmenter';

const nothing: Attention = { open: [], recent: [] };

describe('ranking', () => {
  const use = useSegmenter();

  async function rankerOf(files: Readonly<Record<string, string>>): Promise<Ranker> {
    const ranker = new Ranker();
    for (const [path, text] of Object.entries(files)) await ranker.update(path, text, await use().segmenter.segment(path, text));
    return ranker;
  }
  /** The cursor stands at the bar. */
  const at = (path: string, marked: string, attention = nothing) => ({ path, text: marked.replace('|', ''), offset: marked.indexOf('|'), ...attention });

  it('puts the segment first that declares a called function, and says so', async () => {
    const ranker = await rankerOf({
      'src/pricing.ts': 'export function computeDiscount(order: Order, rate: number): number {\n  return order.total * rate;\n}\n',
      'src/notes.md': 'Nothing to see.\n',
      'src/other.ts': 'export const unrelated = 1;\n',
    });
    const [best] = ranker.forCompletion(at('src/main.ts', "import { computeDiscount } from './pricing';\n\nconst price = computeDiscount(|"), 4);
    assert.equal(best.path, 'src/pricing.ts');
    assert.deepEqual([best.startLine, best.endLine], [1, 3]);
    assert.deepEqual(best.why.declares, ['computeDiscount']);
    assert.ok(best.why.terms.includes('computeDiscount'));
    assert.ok(best.why.imported > 0);
    assert.equal(best.score, best.why.lexical + best.why.imported + best.why.open + best.why.recent);
  });

  it('chooses nothing of the file with the cursor', async () => {
    const text = 'export function handle(request) {}\n';
    const ranker = await rankerOf({ 'a.ts': text, 'b.ts': text });
    assert.deepEqual(ranker.forCompletion(at('a.ts', `${text}handle(|`), 10).map(({ path }) => path), ['b.ts']);
  });

  it('finds what is imported though no name near the cursor stands in it', async () => {
    const ranker = await rankerOf({ 'lib/things.py': 'class Warehouse:\n    pass\n', 'lib/more.py': 'x = 1\n' });
    const [best] = ranker.forCompletion(at('main.py', `from lib.things import Warehouse\n${'\n'.repeat(100)}zzz = |`), 1);
    assert.equal(best.path, 'lib/things.py');
    assert.ok(best.why.imported > 0);
  });

  it('favours files that are open or were edited lately, the latest most', async () => {
    const text = 'export function handle(request) {}\n';
    const ranker = await rankerOf({ 'a.ts': text, 'b.ts': text, 'c.ts': text, 'd.ts': text });
    const order = (attention: Attention) => ranker.forCompletion(at('x.ts', 'handle(|', attention), 4).map(({ path }) => path);
    assert.deepEqual(order(nothing), ['a.ts', 'b.ts', 'c.ts', 'd.ts']);
    assert.deepEqual(order({ open: ['d.ts'], recent: [] }), ['d.ts', 'a.ts', 'b.ts', 'c.ts']);
    assert.deepEqual(order({ open: [], recent: ['c.ts', 'b.ts'] }), ['c.ts', 'b.ts', 'a.ts', 'd.ts']);
  });

  it('answers questions by words and symbols, endings and spelling apart', async () => {
    const ranker = await rankerOf({
      'cookies.py': 'def parse_cookie(header):\n    """Reads a cookie header."""\n',
      'routing.py': 'class MapAdapter:\n    def build_url(self):\n        pass\n',
      'sessions.ts': 'export class SessionStore { expireSessions() {} }\n',
    });
    const first = (question: string) => ranker.forQuestion(question, nothing, 1).at(0)?.path;
    assert.equal(first('How are cookies parsed?'), 'cookies.py');
    assert.equal(first('where does MapAdapter build urls'), 'routing.py');
    assert.equal(first('When do sessions expire?'), 'sessions.ts');
    assert.equal(first('What is it?'), undefined);
  });

  it('survives names that JavaScript objects have themselves', async () => {
    const ranker = await rankerOf({ 'a.ts': 'export const __proto__ = 1;\nexport function hasOwnProperty() {}\nexport const toString_ = valueOf;\n' });
    assert.equal(ranker.forCompletion(at('b.ts', 'hasOwnProperty __proto__ toString valueOf |'), 5).length, 1);
    assert.equal(ranker.forQuestion('__proto__ hasOwnProperty constructor', nothing, 5).length, 1);
  });

  it('forgets a file and what an older version of it said', async () => {
    const ranker = await rankerOf({ 'a.ts': 'export const oldThing = 1;\n' });
    const changed = 'export const newThing = 1;\n';
    await ranker.update('a.ts', changed, await use().segmenter.segment('a.ts', changed));
    assert.deepEqual(ranker.forQuestion('oldThing', nothing, 5).flatMap(({ why }) => why.declares), []);
    assert.deepEqual(ranker.forQuestion('newThing', nothing, 5).map(({ why }) => why.declares), [['newThing']]);
    ranker.remove('a.ts');
    assert.deepEqual([ranker.forQuestion('newThing', nothing, 5), ranker.segmentCount], [[], 0]);
  });

  it('weighs names by how close they stand to the cursor, and takes what is typed of its line', () => {
    const text = 'farAway();\n'.concat('\n'.repeat(20), 'closeBy();\ntypedHere(cursorThere);\nbelowIt();\n');
    const { identifiers } = completionQuery(text, text.indexOf('cursorThere'));
    assert.ok(!identifiers.has('cursorThere'));
    const weight = (name: string) => identifiers.get(name) ?? 0;
    assert.equal(weight('typedHere'), 1);
    assert.ok(weight('typedHere') > weight('closeBy') && weight('closeBy') > weight('farAway') && weight('farAway') > 0 && weight('belowIt') > 0);
  });

  it('takes no keyword and no filler word into a query', () => {
    assert.deepEqual([...completionQuery('return const the Widget', 23).identifiers.keys()], ['Widget']);
    assert.deepEqual([...questionQuery('How does the Widget work with return_value?').identifiers.keys()], ['Widget', 'return_value']);
  });

  it('asks with a bounded number of terms however long the lines are', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{3,9}[A-Z][a-z]{2,9}$/), { minLength: 100, maxLength: 400 }), (names) => {
      const { identifiers, words } = completionQuery(names.join(' '), names.join(' ').length);
      assert.ok(identifiers.size <= 48 && words.size <= 48);
    }), { numRuns: 20 });
  });

  it('splits names of every style into words and takes common endings off', () => {
    assert.deepEqual(wordsOf('parseHTTPHeaders2'), ['pars', 'http', 'header']);
    assert.deepEqual(wordsOf('MAX_RETRY_count'), ['max', 'retri', 'count']);
    assert.deepEqual(wordsOf('größeÄndern'), ['größ', 'ändern']);
    for (const forms of [['parse', 'parses', 'parsed', 'parsing'], ['query', 'queries'], ['match', 'matches', 'matched', 'matching'], ['cookie', 'cookies']]) {
      assert.equal(new Set(forms.map(stem)).size, 1, forms.map(stem).join(' '));
    }
    for (const word of ['class', 'status', 'this', 'bus']) assert.equal(stem(word), word);
  });
});
