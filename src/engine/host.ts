import { engineSettings, ProblemError, type InitializeRequest } from '../protocol';
import { IdleLimit } from './idleLimit';
import { LoadedModel, type LoadEvents } from './loadedModel';
import { IdlePreparation, type PreparedPlace } from './recall';

/** A window of the editor, or whoever else is at the other end of a connection. */
export interface HostedWindow extends LoadEvents {
  /** Prepares the memory of a place in a pause. Fails only when the signal is aborted. */
  prepare(place: PreparedPlace, signal: AbortSignal): Promise<void>;
}

/** Where somebody works. */
export interface PlaceInWindow {
  readonly window: HostedWindow;
  readonly place: PreparedPlace;
}

interface CurrentModel {
  readonly settings: string;
  readonly loading: Promise<LoadedModel>;
  /** Once it is. */
  loaded?: LoadedModel;
}

/**
 * What the windows of one engine share: one model, loaded for the first that asks, and one notion of a pause. What anybody
 * asks goes before what is done for anybody in the background, and that is done where somebody worked last.
 */
export class Host {
  readonly idle = new IdlePreparation<PlaceInWindow>(({ window, place }, signal) => this.use.during(window.prepare(place, signal)), () => undefined);
  readonly use: IdleLimit;
  private readonly windows = new Set<HostedWindow>();
  private current: CurrentModel | undefined;
  private named = 0;

  /**
   * @param shared whether windows may join later, so that the plan has room for other files whatever the first one asks
   * @param onIdle told when nobody has used the engine for as long as the windows have agreed on
   */
  constructor(private readonly shared: boolean, onIdle: () => void = () => undefined) {
    this.use = new IdleLimit(onIdle);
  }

  /** Awaited by what goes on in the background, piece by piece; resolves at the latest when the signal is aborted. */
  async mayWork(signal: AbortSignal): Promise<void> {
    await this.idle.whenIdle(signal);
    this.use.touch();
  }

  /** @returns a name for what the window has in the model */
  join(window: HostedWindow): string {
    this.windows.add(window);
    return `window ${++this.named}`;
  }

  /** The window's own requests have ended by then. @returns when nothing is prepared for it */
  async leave(window: HostedWindow): Promise<void> {
    this.windows.delete(window);
    await this.idle.forget((place) => place.window === window);
  }

  /**
   * The model, for as long as a window needs it.
   *
   * @throws ProblemError when it cannot be loaded, or is loaded with other settings for another window; the next call may
   * be of the same model once it is repaired, or with a larger budget
   */
  model(request: InitializeRequest): Promise<LoadedModel> {
    const settings = engineSettings(request);
    if (this.current !== undefined && this.current.settings !== settings) return Promise.reject(otherSettings());
    this.current ??= this.load(request, settings);
    this.use.set(request.idleMinutes ?? 0);
    return this.use.during(this.current.loading);
  }

  /** A model on the CPU in place of one whose device is lost: the same for all windows that find it lost. */
  replace(lost: LoadedModel, request: InitializeRequest): Promise<LoadedModel> {
    if (this.current === undefined || this.current.loaded === lost) {
      this.current = this.load({ ...request, device: 'cpu' }, engineSettings(request));
      void lost.dispose().catch(() => undefined);
    }
    return this.current.loading;
  }

  /** All windows have left. */
  async dispose(): Promise<void> {
    this.use.dispose();
    await this.idle.close();
    await (await this.current?.loading.catch(() => undefined))?.dispose();
  }

  private load(request: InitializeRequest, settings: string): CurrentModel {
    const loading = LoadedModel.load(request, this.shared || request.workspace !== undefined, {
      progress: (progress) => { for (const window of this.windows) window.progress(progress); },
      log: (message) => { for (const window of this.windows) window.log(message); },
    });
    const current: CurrentModel = { settings, loading };
    loading.then(
      (model) => { current.loaded = model; },
      () => { if (this.current === current) this.current = undefined; },
    );
    return current;
  }
}

function otherSettings(): ProblemError {
  return new ProblemError({
    code: 'bad-request',
    what: 'Another window uses this engine with other settings.',
    meaning: 'This window has no completions.',
    remedy: 'Restart the engine.',
  });
}
