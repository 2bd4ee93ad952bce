import assert from 'node:assert/strict';
import { missingPart } from '../../../../src/features/complete/selectedCompletion';

describe('what is missing of the selected suggestion', () => {
  it('is its rest when what was typed begins it', () => {
    assert.equal(missingPart({ text: 'console', typed: 'con', replacesAfter: 0 }), 'sole');
    assert.equal(missingPart({ text: 'console', typed: 'console', replacesAfter: 0 }), '');
  });

  it('is unknown when it matched loosely', () => {
    assert.equal(missingPart({ text: 'console', typed: 'cns', replacesAfter: 0 }), undefined);
    assert.equal(missingPart({ text: 'console', typed: 'Con', replacesAfter: 0 }), undefined);
  });

  it('is unknown when it would replace what stands behind the cursor', () => {
    assert.equal(missingPart({ text: 'console', typed: 'con', replacesAfter: 3 }), undefined);
  });
});
