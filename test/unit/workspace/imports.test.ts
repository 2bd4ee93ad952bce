import assert from 'node:assert/strict';
import { ImportGraph } from '../../../src/engine/workspace/rank/imports/importGraph';

/** Files by path; a file declares what it has `declare NAME` for in a comment. */
function graphOf(files: Readonly<Record<string, string>>): ImportGraph {
  const graph = new ImportGraph((path, name) => files[path].includes(`declare ${name} `));
  for (const [path, text] of Object.entries(files)) graph.update(path, text);
  return graph;
}

function importsOf(files: Readonly<Record<string, string>>, path: string): Record<string, string[]> {
  return Object.fromEntries(graphOf(files).importsOf(path, files[path]).map(({ path: target, names }) => [target, [...names]]));
}

describe('imports', () => {
  it('of TypeScript and JavaScript lead to files, endings and index files left out or written as .js', () => {
    const source = [
      "import Default, { named as local, type Shape } from './a';", "import * as all from '../lib/b.js';", "export { x } from './folder';",
      "import './effect.css';", "const c = require('./c');", "await import('./d.mjs');", "import fs from 'node:fs';", "import {\n  one,\n  two,\n} from '..';",
    ].join('\n');
    const files = { 'src/main.ts': source, 'src/a.tsx': '', 'lib/b.ts': '', 'src/folder/index.ts': '', 'src/effect.css': '', 'src/c.js': '', 'src/d.mts': '', 'index.ts': '' };
    assert.deepEqual(importsOf(files, 'src/main.ts'), {
      'src/a.tsx': ['named', 'Shape', 'Default'], 'lib/b.ts': ['*'], 'src/folder/index.ts': ['x'], 'index.ts': ['one', 'two'],
      'src/effect.css': ['*'], 'src/c.js': ['*'], 'src/d.mts': ['*'],
    });
  });

  it('go by the paths and base of the nearest tsconfig.json, comments and trailing commas included', () => {
    const files = {
      'app/tsconfig.json': '{ // paths\n "compilerOptions": { "baseUrl": "./src", "paths": { "@lib/*": ["../lib/*"], "exact": ["one/exact.ts"], }, }, }',
      'app/src/main.ts': "import { a } from '@lib/deep/a'; import { b } from 'two/b'; import e from 'exact';",
      'app/lib/deep/a.ts': '', 'app/src/two/b.ts': '', 'app/src/one/exact.ts': '', 'lib/deep/a.ts': '',
    };
    assert.deepEqual(Object.keys(importsOf(files, 'app/src/main.ts')), ['app/lib/deep/a.ts', 'app/src/two/b.ts', 'app/src/one/exact.ts']);
  });

  it('by the name of a package of the workspace lead to its source', () => {
    const files = { 'packages/core/package.json': '{"name": "@scope/core"}', 'packages/core/src/index.ts': '', 'packages/core/src/deep/x.ts': '', 'app.ts': "import { c } from '@scope/core'; import x from '@scope/core/deep/x';" };
    assert.deepEqual(Object.keys(importsOf(files, 'app.ts')), ['packages/core/src/index.ts', 'packages/core/src/deep/x.ts']);
  });

  it('of Python lead to modules and packages, relative and absolute, and to a name that is a module', () => {
    const files = {
      'src/pkg/sub/main.py': 'from . import sibling\nfrom ..other import (A as B,  # why\n  C)\nfrom pkg.deep.mod import f\nimport pkg.tools as t, os\n    from .late import g\n',
      'src/pkg/__init__.py': '', 'src/pkg/sub/__init__.py': '', 'src/pkg/sub/sibling.py': '', 'src/pkg/other.py': '', 'src/pkg/deep/mod.py': '', 'src/pkg/tools/__init__.py': '', 'src/pkg/sub/late.py': '',
    };
    assert.deepEqual(importsOf(files, 'src/pkg/sub/main.py'), {
      'src/pkg/sub/sibling.py': ['sibling'], 'src/pkg/sub/__init__.py': ['sibling'], 'src/pkg/other.py': ['A', 'C'], 'src/pkg/deep/mod.py': ['f'],
      'src/pkg/sub/late.py': ['g'], 'src/pkg/tools/__init__.py': ['*'],
    });
  });

  it('are followed through files that only pass a name on', () => {
    const files = {
      'main.py': 'from pkg import Thing\n', 'pkg/__init__.py': 'from .impl import Thing\nfrom .unrelated import Else\n', 'pkg/impl.py': '# declare Thing \n', 'pkg/unrelated.py': '',
      'main.ts': "import { made } from './barrel';", 'barrel.ts': "export * from './one';\nexport * from './two';", 'one.ts': '', 'two.ts': '// declare made ',
    };
    assert.deepEqual(Object.keys(importsOf(files, 'main.py')), ['pkg/__init__.py', 'pkg/impl.py']);
    assert.deepEqual(Object.keys(importsOf(files, 'main.ts')), ['barrel.ts', 'one.ts', 'two.ts']);
  });

  it('in a circle come to an end', () => {
    const files = { 'a.ts': "export * from './b';\nimport { x } from './b';", 'b.ts': "export * from './a';" };
    assert.deepEqual(Object.keys(importsOf(files, 'a.ts')), ['b.ts']);
  });

  it('of Go, Rust, Java and C lead to files whose paths end like them', () => {
    const go = { 'cmd/main.go': 'package main\nimport (\n\t"fmt"\n\t"example.com/m/internal/store"\n)\n', 'cmd/flags.go': '', 'internal/store/a.go': '', 'internal/store/b.go': '' };
    assert.deepEqual(Object.keys(importsOf(go, 'cmd/main.go')), ['cmd/flags.go', 'internal/store/a.go', 'internal/store/b.go']);
    const rust = { 'src/lib.rs': 'mod parse;\nuse crate::model::{Tree, Leaf};\nuse std::io;\n', 'src/parse.rs': '', 'src/model/mod.rs': '' };
    assert.deepEqual(importsOf(rust, 'src/lib.rs'), { 'src/parse.rs': ['*'], 'src/model/mod.rs': ['Tree', 'Leaf'] });
    const java = { 'a/org/x/Main.java': 'package org.x;\nimport org.y.Tool;\nimport static org.y.Helper.run;\n', 'a/org/x/Near.java': '', 'a/org/y/Tool.java': '', 'a/org/y/Helper.java': '' };
    assert.deepEqual(Object.keys(importsOf(java, 'a/org/x/Main.java')), ['a/org/x/Near.java', 'a/org/y/Tool.java', 'a/org/y/Helper.java']);
    const c = { 'src/main.c': '#include "near.h"\n#include <lib/far.h>\n#include <stdio.h>\n', 'src/near.h': '', 'src/near.c': '', 'include/lib/far.h': '' };
    assert.deepEqual(Object.keys(importsOf(c, 'src/main.c')), ['src/near.h', 'src/near.c', 'include/lib/far.h']);
  });

  it('no longer lead to a file that is gone', () => {
    const files = { 'a.ts': "import './b';", 'b.ts': '' };
    const graph = graphOf(files);
    graph.remove('b.ts');
    assert.deepEqual(graph.importsOf('a.ts', files['a.ts']), []);
  });
});
