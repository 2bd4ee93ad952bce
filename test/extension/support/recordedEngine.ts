import * as vscode from 'vscode';
import { closeAll, openFile } from './editor';
import { untilEngineIs } from './extension';
import { TinyModel } from './models';
import { Settings } from './settings';
import { Wiretap } from './wiretap';

export interface RecordedEngine {
  /** Put back when the suite ends. */
  readonly settings: Settings;
  readonly wiretap: () => Wiretap;
}

/** For a suite: an engine with a tiny model, everything that is sent to it recorded. After each test all editors are closed. */
export function useRecordedEngine(): RecordedEngine {
  const settings = new Settings();
  const model = new TinyModel();
  let wiretap: Wiretap | undefined;

  before(async () => {
    wiretap = await Wiretap.create();
    await settings.set('sparsek.model.path', await model.write());
    // What goes to an engine that windows share goes through a socket.
    await settings.set('sparsek.engine.share', false);
    await settings.set('sparsek.engine.node', wiretap.node);
    await openFile('recorded.ts', '');
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('ready');
  });

  after(async () => {
    await closeAll();
    await settings.restore();
    await model.dispose();
    await wiretap?.dispose();
  });

  afterEach(closeAll);

  return {
    settings,
    wiretap: () => {
      if (wiretap === undefined) throw new Error('The recording is asked for before the suite runs.');
      return wiretap;
    },
  };
}
