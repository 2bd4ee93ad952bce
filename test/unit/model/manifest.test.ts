import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packVersionOf, parseManifest, readManifest } from '../../../src/engine/model';
import { ProblemError } from '../../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';

describe('The model manifest', () => {
  let directory: TemporaryDirectory;
  let text: string;
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(directory.path);
    text = await readFile(join(directory.path, 'manifest.json'), 'utf8');
  });
  after(() => directory.remove());

  /** The manifest with one substring replaced, which must occur. */
  const edited = (from: string | RegExp, to: string) => {
    const result = text.replace(from, to);
    assert.notEqual(result, text);
    return result;
  };
  const refused = (content: string, code: string, message: RegExp) => assert.throws(() => parseManifest(content, '/pack/manifest.json'), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.problem.code, code);
    assert.match(error.message, /\/pack\/manifest\.json/);
    assert.match(error.message, message);
    return true;
  });

  it('reads a pack', async () => {
    const manifest = await readManifest(directory.path);
    assert.equal(manifest.geometry.layers, 2);
    assert.equal(manifest.tensors['embedding.weight'].type, 'int4');
    assert.equal(manifest.packVersion, packVersionOf(manifest.files));
  });

  it('says that a missing one is missing, with its path and what to do', async () => {
    await assert.rejects(readManifest(join(directory.path, 'nowhere')), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.code, 'model-missing');
      assert.match(error.message, /nowhere.*manifest\.json.*Import Model…/);
      return true;
    });
  });

  it('tells a newer format from a damaged file, and says to update', () => {
    refused(edited(/"formatVersion": ?1/, '"formatVersion":2,"somethingNew":true'), 'model-version', /format version 2.*reads version 1.*Update/);
    refused('{"formatVersion":7}', 'model-version', /format version 7/);
  });

  it('refuses text that is not JSON, and JSON that is no manifest', () => {
    refused(text.slice(0, 200), 'model-corrupt', /damaged/);
    refused('[]', 'model-corrupt', /damaged/);
    refused(edited(/"layers": ?2/, '"layers":"two"'), 'model-corrupt', /layers/);
  });

  it('reads a share of the memory for each layer, and refuses other numbers of them or shares out of range', () => {
    const withShares = (shares: string) => edited(/"geometry"/, `"memory":{"layerShares":${shares}},"geometry"`);
    assert.deepEqual(parseManifest(withShares('[0.5,1.5]'), '/pack/manifest.json').memory, { layerShares: [0.5, 1.5] });
    assert.equal(parseManifest(text, '/pack/manifest.json').memory, undefined);
    refused(withShares('[1,1,1]'), 'model-corrupt', /layerShares names 3 layers where geometry has 2/);
    refused(withShares('[1,-0.5]'), 'model-corrupt', /layerShares/);
    refused(withShares('[1,9]'), 'model-corrupt', /layerShares/);
    refused(withShares('[1,"all"]'), 'model-corrupt', /layerShares/);
  });

  it('refuses a file name that leaves the pack', () => {
    refused(edited(/"decoder": ?"decoder\.onnx"/, '"decoder":"../decoder.onnx"'), 'model-corrupt', /decoder/);
  });

  it('refuses a tensor that does not lie in its file or does not have the bytes of its shape', () => {
    refused(edited(/"offset": ?0,/, '"offset":99999999,'), 'model-corrupt', /ends behind/);
    refused(edited(/"shape": ?\[\s*320,\s*64\s*\]/, '"shape":[320,96]'), 'model-corrupt', /shape needs/);
  });

  it('refuses a tensor in a file that is not listed', () => {
    refused(edited(/"file": ?"norms\.bin"/, '"file":"other.bin"'), 'model-corrupt', /other\.bin/);
  });
});

describe('The pack version', () => {
  it('changes with any hash and with any name, not with their order', () => {
    const [a, b] = [{ sha256: 'a'.repeat(64) }, { sha256: 'b'.repeat(64) }];
    assert.equal(packVersionOf({ x: a, y: b }), packVersionOf({ y: b, x: a }));
    assert.notEqual(packVersionOf({ x: a, y: b }), packVersionOf({ x: b, y: a }));
    assert.notEqual(packVersionOf({ x: a }), packVersionOf({ z: a }));
    assert.match(packVersionOf({ x: a }), /^[0-9a-f]{16}$/);
  });
});
