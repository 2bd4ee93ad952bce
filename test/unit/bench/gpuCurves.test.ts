import assert from 'node:assert/strict';
import { plotted } from '../../bench/gpu/curves';

describe('the plot of the GPU benchmark', () => {
  const figures = {
    device: { device: 'a card' },
    rows: [1024, 4096, 1048576].map((context) => ({ context, writing: 300, reading: 8000, 'card, MiB': 500 })),
    peer: [1024, 4096].map((context) => ({ context, 'llama.cpp writing': 200, 'llama.cpp reading': 9000 })),
    bytes: { weightsAndScratch: 300e6, keysAndValues: 50e6 },
  };
  const points = (svg: string) => svg.match(/<circle /g)?.length;

  it('has a point for each measurement, but for the peer\'s first reading, which compiles its shaders', () => {
    assert.equal(points(plotted(figures)), 3 + 2 + 3 + 1 + 3 + 3);
    assert.ok(plotted(figures).includes('>1M<') && plotted(figures).includes('a card'));
  });

  it('is drawn without a peer and without a sensor', () => {
    const rows = figures.rows.map(({ context, writing, reading }) => ({ context, writing, reading }));
    const svg = plotted({ ...figures, rows, peer: [] });
    assert.equal(points(svg), 3 + 3 + 3);
    assert.ok(!svg.includes('NaN'));
  });
});
