// The walls between the rooms (ARCHITECTURE.md) are rules here: an import that crosses one fails the lint.
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Bans, for the files of one room, every import whose path matches one of the patterns. */
const wall = (files, bans, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: bans.map(([regex, message]) => ({ regex, message })) },
    ],
  },
});

const noVscode = ['^vscode$', 'This room runs under plain Node and never sees the editor.'];
const noRuntime = ['^(onnxruntime-|webgpu$)', 'Only src/engine/runtime knows the inference runtimes.'];
const noEngine = ['/engine(/|$)', 'The editor side reaches the engine only through src/client.'];

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'models/', 'test/fixtures/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  wall(['src/protocol/**'], [['^(?!\\./[^/]+$)', 'The protocol imports nothing but its own files.']]),
  wall(['kernels/**'], [noVscode, noRuntime, ['/(protocol|client|features|cli)(/|$)', 'Kernels know the manifest and nothing else.']]),
  wall(['src/engine/runtime/**'], [noVscode, ['/(client|features|cli)(/|$)', 'The engine does not know who calls it.']]),
  wall(['src/engine/**'], [noVscode, noRuntime, ['/(client|features|cli)(/|$)', 'The engine does not know who calls it.']], ['src/engine/runtime/**']),
  wall(['src/client/**'], [noVscode, noRuntime, noEngine]),
  wall(['src/features/**', 'src/extension.ts'], [noRuntime, noEngine]),
  wall(['src/webview/**'], [noVscode, noRuntime, noEngine, ['/(client|features|cli)(/|$)', 'A page knows the protocol and its messages.']]),
  wall(['src/cli/**'], [noVscode, noRuntime, ['/features(/|$)', 'The command line has no editor.']]),
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['describe', 'it', 'test'] }] },
  },
);
