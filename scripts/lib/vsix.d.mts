export interface Vsix {
  readonly file: string;
  readonly bytes: number;
  /** Version of the Node.js in it; undefined where there is none for this platform. */
  readonly node: string | undefined;
}

export function packVsix(withModel: boolean): Promise<Vsix>;
