import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DocumentMirror, type DocumentNotification } from '../../../src/client/documentMirror';
import { methods, type TextEdit } from '../../../src/protocol';

/** A document as the editor holds it. */
class EditorDocument {
  readonly uri = 'file:///a.ts';
  readonly path = 'a.ts';
  readonly languageId = 'typescript';
  version = 1;

  constructor(private content: string) {}

  text(): string {
    return this.content;
  }

  apply(edit: TextEdit): void {
    this.content = applied(this.content, edit);
    this.version++;
  }
}

function applied(text: string, { offset, deleteLength, insert }: TextEdit): string {
  return text.slice(0, offset) + insert + text.slice(offset + deleteLength);
}

/** What someone who believes the notifications holds. */
function replay(notifications: readonly DocumentNotification[]): Map<string, { version: number; text: string }> {
  const held = new Map<string, { version: number; text: string }>();
  for (const { method, message } of notifications) {
    if (method === methods.openDocument) {
      assert.ok(!held.has(message.uri), 'opened twice');
      held.set(message.uri, { version: message.version, text: message.text });
    } else if (method === methods.closeDocument) {
      assert.ok(held.delete(message.uri), 'closed what was not open');
    } else {
      const document = held.get(message.uri);
      assert.ok(document, 'edited what was not open');
      assert.ok(message.version > document.version, 'versions must rise');
      document.version = message.version;
      document.text = message.edits.reduce(applied, document.text);
    }
  }
  return held;
}

describe('document mirror', () => {
  it('sends nothing of a document in which no completion was asked', () => {
    const sent: DocumentNotification[] = [];
    const mirror = new DocumentMirror((notification) => sent.push(notification));
    mirror.change({ uri: 'file:///a.ts', version: 2, edits: [{ offset: 0, deleteLength: 0, insert: 'x' }] });
    mirror.close('file:///a.ts');
    assert.deepEqual(sent, []);
  });

  it('sends a document whole once, then its edits', () => {
    const sent: DocumentNotification[] = [];
    const mirror = new DocumentMirror((notification) => sent.push(notification));
    const document = new EditorDocument('one');
    mirror.bringUpToDate(document);
    mirror.bringUpToDate(document);
    const edit = { offset: 3, deleteLength: 0, insert: ' two' };
    document.apply(edit);
    mirror.change({ uri: document.uri, version: document.version, edits: [edit] });
    mirror.bringUpToDate(document);
    assert.deepEqual(sent.map(({ method }) => method), [methods.openDocument, methods.changeDocument]);
    assert.equal(replay(sent).get(document.uri)?.text, 'one two');
  });

  it('drops an edit that is older than what is held', () => {
    const sent: DocumentNotification[] = [];
    const mirror = new DocumentMirror((notification) => sent.push(notification));
    const document = new EditorDocument('one');
    document.version = 7;
    mirror.bringUpToDate(document);
    mirror.change({ uri: document.uri, version: 7, edits: [{ offset: 0, deleteLength: 3, insert: '' }] });
    assert.equal(sent.length, 1);
  });

  it('holds the present text at every completion, whatever edits were told or missed', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('edit' as const), told: fc.boolean(), at: fc.nat(), remove: fc.nat(5), insert: fc.string({ maxLength: 5 }) }),
      fc.record({ kind: fc.constant('complete' as const) }),
      fc.record({ kind: fc.constant('close' as const) }),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(step, { maxLength: 40 }), (text, steps) => {
        const sent: DocumentNotification[] = [];
        const mirror = new DocumentMirror((notification) => sent.push(notification));
        const document = new EditorDocument(text);
        for (const step of steps) {
          if (step.kind === 'close') mirror.close(document.uri);
          else if (step.kind === 'edit') {
            const offset = step.at % (document.text().length + 1);
            const edit = { offset, deleteLength: Math.min(step.remove, document.text().length - offset), insert: step.insert };
            document.apply(edit);
            if (step.told) mirror.change({ uri: document.uri, version: document.version, edits: [edit] });
            // An edit that went missing is noticed only by the version of the next completion.
            else mirror.bringUpToDate(document);
          } else {
            mirror.bringUpToDate(document);
            assert.deepEqual(replay(sent).get(document.uri), { version: document.version, text: document.text() });
          }
        }
      }),
    );
  });
});
