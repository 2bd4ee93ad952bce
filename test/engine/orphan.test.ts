import { spawn } from 'node:child_process';
import { untilEnded } from '../fixtures/processes';
import { EngineProcess, engineArguments, firstLine } from './engineProcess';

/** Starts an engine, says its process id and stays. @param input the engine's standard input: a pipe, or one inherited */
const parentProgram = (input: string) => `
  const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify(engineArguments)}, { stdio: [${input}, 'pipe', 'inherit'] });
  console.log(child.pid);
  setInterval(() => undefined, 1000);
`;

describe('orphan: the engine ends when its parent does', function () {
  this.timeout(30_000);

  it('when the parent is killed with SIGKILL', async () => {
    const parent = spawn(process.execPath, ['-e', parentProgram('"pipe"')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const engine = Number(await firstLine(parent));
    parent.kill('SIGKILL');
    await untilEnded(engine, 10_000);
  });

  it('when the parent is killed and someone else still holds the engine\'s input open', async () => {
    const parent = spawn(process.execPath, ['-e', parentProgram('3')], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    const engine = Number(await firstLine(parent));
    // The engine must be up before the parent dies: what is watched is the parent it was started by.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    parent.kill('SIGKILL');
    await untilEnded(engine, 10_000);
  });

  it('when its input is closed', async () => {
    await using engine = new EngineProcess();
    engine.process.stdin.end();
    await untilEnded(engine.pid, 10_000);
  });
});
