/** VS Code calls this in its extension host. Mocha is run here, in the same process as the extension. */
export async function run(): Promise<void> {
  const suite = process.env['SPARSEK_TEST_SUITE'] ?? 'main';
  const grep = process.env['SPARSEK_TEST_GREP'];
  // At run time and not as a statement: the oldest host's Node cannot require a module of mocha's kind whole.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: true, forbidOnly: true, ...(grep === undefined ? {} : { grep }) });
  // What loading test files by name would do: the tests are in this bundle, and need describe and it.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  if (suite === 'restricted') {
    await import('../restricted.test');
  } else {
    await import('../activation.test');
    await import('../enablement.test');
    await import('../documents.test');
    await import('../requests.test');
    await import('../editors.test');
    await import('../doNotRead.test');
    await import('../workspace.test');
    await import('../memoryView.test');
    await import('../status.test');
    await import('../languageModel.test');
    await import('../summarizeFolder.test');
    await import('../engineLife.test');
    await import('../missingModel.test');
    await import('../importModel.test');
    await import('../twoWindows.test');
    await import('../completion.test');
    await import('../hostTasks.test');
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} extension tests failed.`);
}
