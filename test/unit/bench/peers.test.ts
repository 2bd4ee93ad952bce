import assert from 'node:assert/strict';
import { comparisonRows, countPairs, wayRows, type Answer } from '../../bench/peers/answers';
import { insertion, Prompts } from '../../bench/peers/prompt';
import { chunkLines, chunksOf, ringChunks, Rings } from '../../bench/peers/ring';
import { beforeLastKey, drawGroups } from '../../bench/peers/tasks';
import { commonLength, Theirs } from '../../bench/peers/theirs';
import type { Peer } from '../../bench/peer/llama';
import type { LineTask } from '../../bench/quality/lines';
import type { CutFile } from '../../bench/quality/repository';
import type { Segment } from '../../../src/engine/workspace';
import { Random } from '../../fixtures/random';
import { useTinyModel } from '../tinyModel';

const numbered = (count: number, word = 'line') => Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('');
const markers = { repoName: 1, fileSeparator: 2, fimPrefix: 3, fimSuffix: 4, fimMiddle: 5, endOfText: 6, imStart: 7, imEnd: 8, fimPad: 9 };
/** Tokens are characters, markers are control characters. */
const characters = { encode: (text: string) => Uint32Array.from(Array.from(text, (character) => character.codePointAt(0) ?? 0)) };
const shown = (tokens: readonly number[]) => String.fromCodePoint(...tokens).replace(/[\x01-\x08]/g, (character) => `<${character.codePointAt(0)}>`);

function file(path: string, text: string, definitions: readonly string[] = []): CutFile {
  const segment = { path, body: text, startLine: 1, endLine: text.split('\n').length, tokens: new Int32Array(1000), definitions };
  return { path, text, segments: [segment as unknown as Segment] };
}

function taskAt(path: string, text: string, expected: string): LineTask {
  const at = text.indexOf(expected);
  return { path, before: text.slice(0, at), expected, after: text.slice(at + expected.length) };
}

describe('the ring of the peer', () => {
  it('cuts a text into runs of 64 lines and leaves a rest of less than three out', () => {
    const chunks = chunksOf(numbered(2 * chunkLines + 2).replaceAll('\n', '\r\n'));
    assert.deepEqual(chunks, [numbered(chunkLines), numbered(2 * chunkLines).slice(numbered(chunkLines).length)]);
    assert.equal(chunksOf(numbered(chunkLines + 3)).length, 2);
    assert.deepEqual(chunksOf(''), []);
  });

  const source = `from pkg.shapes import Circle\nfrom pkg import paint\n${numbered(9)}  brush(Circle(3))\n${numbered(200, 'tail')}`;
  const shapes = `${numbered(70)}class Circle:\n  pass\n${numbered(20)}`;
  const paint = `${numbered(5)}def brush(shape):\n  pass\n`;
  const files = [file('pkg/app.py', source), file('pkg/a.py', numbered(80, 'a')), file('pkg/paint.py', paint, ['brush']), file('pkg/shapes.py', shapes, ['Circle']), file('far/b.py', numbered(80))];
  const task = taskAt('pkg/app.py', source, 'brush(Circle(3))');

  it('holds what a file imports last, at the declarations, before it the files beside it, and nothing of others', () => {
    const ring = new Rings(files).ringFor([task]);
    const [rest] = ring.slice(-1);
    assert.equal(rest.path, 'pkg/app.py');
    assert.equal(rest.text.split('\n', 1)[0], 'tail 64', 'behind the suffix');
    assert.equal(rest.text.split('\n').length, chunkLines + 1);
    const last = ring.slice(-3, -1);
    assert.deepEqual(last.map(({ path }) => path), ['pkg/paint.py', 'pkg/shapes.py']);
    assert.equal(last[1].text, chunksOf(shapes)[1], 'the chunk that declares the imported name');
    assert.deepEqual(ring.slice(0, -3).map(({ path }) => path), ['pkg/shapes.py', 'pkg/a.py']);
    assert.ok(ring.every(({ path }) => path !== 'far/b.py'));
  });

  it('follows a file that only passes names on to where they are declared', () => {
    const app = 'import lib\nlib.brush(1)\nlib.brush(2)\n';
    const others = [file('lib/__init__.py', 'from .paint import brush\n\n__all__ = []\n'), file('lib/paint.py', paint, ['brush']), file('lib/other.py', numbered(80))];
    const ring = new Rings([file('app.py', app), ...others]).ringFor([taskAt('app.py', app, 'brush(1)')]);
    assert.deepEqual(ring.map(({ path }) => path), ['lib/paint.py', 'lib/__init__.py']);
    // Nothing of the text but the line itself mentions the name.
    const once = 'import lib\nlib.brush(1)\n';
    assert.deepEqual(new Rings([file('app.py', once), ...others]).ringFor([taskAt('app.py', once, 'brush(1)')]).map(({ path }) => path), ['lib/__init__.py']);
  });

  it('does not depend on what a line is expected to be, nor shows it', () => {
    const rings = new Rings(files);
    const other = { ...task, expected: 'something(else)' };
    assert.deepEqual(rings.ringFor([task]), rings.ringFor([other]));
    for (const { path, text } of rings.ringFor([task])) if (path === task.path) assert.ok(!text.includes(task.expected));
  });

  it('holds sixteen chunks of a large repository', () => {
    const many = Array.from({ length: 30 }, (_, i) => file(`pkg/n${i}.py`, numbered(100, `n${i}`)));
    assert.equal(new Rings([...files, ...many]).ringFor([task]).length, ringChunks);
  });
});

describe('the prompt of the peer', () => {
  const prompts = new Prompts(characters, markers);

  it('names the repository, then each chunk behind its path', () => {
    const ring = prompts.ring('name', [{ path: 'a.ts', text: 'one\n' }, { path: 'b.ts', text: 'two\n' }]);
    assert.equal(shown(ring), '<1>name\n<2>a.ts\none\n<2>b.ts\ntwo\n');
  });

  it('has the lines around the cursor between the markers, the prefix first', () => {
    const request = prompts.request({ path: 'c.ts', before: 'a\nb\n  call(', after: ');\nd\ne' });
    assert.equal(shown(request), '<2>c.ts\n<3>a\nb\n  call(<4>);\nd\ne\n<5>');
  });

  it('has 256 lines before the cursor and 64 behind', () => {
    const request = shown(prompts.request({ path: 'c.ts', before: `${numbered(300)}x`, after: `\n${numbered(100)}` }));
    const [, prefix, suffix] = /<3>([^<]*)<4>([^<]*)<5>/.exec(request) ?? [];
    assert.equal(prefix, `${numbered(300).slice(numbered(44).length)}x`);
    assert.equal(suffix, `\n${numbered(64)}`);
  });

  it('leaves white space before the cursor to the model and takes it off what it writes', () => {
    const place = { path: 'c.ts', before: 'a\n    ', after: '\n' };
    assert.equal(shown(prompts.request(place)), '<2>c.ts\n<3>a\n<4>\n\n<5>');
    assert.equal(insertion('    return', place), 'return');
    assert.equal(insertion('      return', place), '  return');
    assert.equal(insertion(' x', { before: 'a\n  b' }), ' x');
  });
});

describe('the peer', () => {
  const model = useTinyModel();

  it('reads the ring once, and for a request what is new behind the key; it writes to the line\'s end', async () => {
    const { tokenizer } = model();
    const calls: string[] = [];
    const answer = [...tokenizer.encode('done();\nmore')];
    const peer: Peer = {
      description: '',
      prefill: (tokens) => { calls.push(`read ${tokens.length}`); return Promise.resolve(); },
      decode: (last, _, ends = () => false) => {
        calls.push(`decode ${last.length}`);
        const end = answer.findIndex(ends);
        return Promise.resolve(answer.slice(0, end + 1));
      },
      truncate: (length) => { calls.push(`keep ${length}`); return Promise.resolve(); },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const prompts = new Prompts(tokenizer, markers);
    const theirs = new Theirs(peer, tokenizer, prompts);
    const ring = prompts.ring('name', [{ path: 'a.ts', text: 'x\n' }]);
    const task: LineTask = { path: 'c.ts', before: 'first\n  a.', expected: 'done();', after: '\nlast\n' };
    const prompt = [...ring, ...prompts.request(task)];
    const common = commonLength([...ring, ...prompts.request({ ...task, before: 'first\n  a' })], prompt);
    assert.ok(common > ring.length && common < prompt.length);
    await theirs.prepare(ring, () => undefined);
    const { text, read } = await theirs.complete(ring, task, () => undefined);
    assert.deepEqual(calls, ['keep 0', `read ${ring.length}`, `keep ${ring.length}`, `read ${common - ring.length}`, `decode ${prompt.length - common}`]);
    assert.equal(read, prompt.length - common);
    assert.equal(text.split('\n')[0], 'done();');
  });

  it('takes the last key back as one character', () => {
    assert.equal(beforeLastKey('ab'), 'a');
    assert.equal(beforeLastKey('a😀'), 'a');
    assert.equal(beforeLastKey(''), '');
  });

  it('gets lines of one file in its order, at least three', () => {
    const { tokenizer } = model();
    const filler = numbered(300, 'filler');
    const uses = (count: number) => Array.from({ length: count }, (_, i) => `const a${i} = inventory(${i}) + total;\n`).join('');
    const files = [file('a.ts', filler.slice(0, 900) + uses(9)), file('b.ts', filler.slice(0, 900) + uses(2)), file('c.ts', filler, ['inventory'])];
    const groups = [...drawGroups({ files }, tokenizer, new Random(1))];
    assert.deepEqual(groups.map((tasks) => tasks.map(({ path }) => path)), [Array(6).fill('a.ts')]);
    const places = groups[0].map(({ before }) => before.length);
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
  });
});

describe('the comparison with the peer', () => {
  const task: LineTask = { path: 'a.ts', before: '', expected: 'abcd', after: '' };
  const answer = (text: string, milliseconds = 1): Answer => ({ text, milliseconds, read: 1 });
  const pair = (ours: string, peer: string) => ({ task, ours: answer(ours), peer: answer(peer, 100) });

  it('counts lines that both, one or none of the two has', () => {
    const pairs = [pair('abcd', 'abcd\nmore'), pair('abcd ', 'x'), pair('abcd', ''), pair('', 'abcd'), pair('a', 'b')];
    assert.deepEqual(countPairs(pairs), { both: 1, oursOnly: 2, peerOnly: 1, neither: 1 });
  });

  it('has a row for each way, and ours by the peer\'s', () => {
    const groups = [[pair('abcd', 'ab'), pair('abcd', 'abcd')], [pair('', 'abcd'), pair('abcd', '')]];
    assert.deepEqual(wayRows(groups.flat()).map((row) => [row['lines exact'], row['edit similarity'], row['median ms']]), [['75.0 %', '75.0 %', 1], ['50.0 %', '62.5 %', 100]]);
    const [exact, similarity] = comparisonRows(groups);
    assert.equal(exact['ours / peer'], '1.50');
    assert.match(String(exact['ours - peer']), /^\+0\.250 ± 0\.\d+$/);
    assert.equal(similarity['ours / peer'], '1.20');
    assert.equal(comparisonRows([[pair('abcd', '')]])[0]['ours / peer'], '-');
  });
});
