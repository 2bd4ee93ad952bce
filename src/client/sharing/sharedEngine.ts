import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { windowsArgument, type EngineGreeting } from '../../protocol';
import type { EngineRun } from '../engineRun';
import type { NodeChoice } from '../findNode';
import { killTree } from '../killTree';
import type { Log } from '../log';
import { endOf, spawnEngine } from '../spawnEngine';
import { LogTail } from './logTail';
import type { MeetingPlace } from './meetingPlace';
import { takeLock } from './startLock';

/** A process that does not listen by then will not. */
const startMilliseconds = 30_000;
const lookMilliseconds = 40;
/** The longest stretch in which a living engine may be deaf, while it loads a model. */
const greetingMilliseconds = 20_000;
/** The connection closes a moment before the process is known to be gone. */
const lastWordsMilliseconds = 1_000;

/** A window's connection to the engine that all windows of a person share. Who started it does not matter afterwards. */
export class SharedEngine implements EngineRun {
  readonly isShared = true;
  readonly ended: Promise<string>;

  private constructor(private readonly socket: Socket, private readonly greeting: EngineGreeting, started: Promise<string> | undefined, log: Log) {
    const tail = new LogTail(greeting.log, (line) => log.warn(`Engine: ${line}`));
    socket.on('error', (error) => log.trace(`Connection to the engine: ${error.message}`));
    this.ended = new Promise<void>((resolve) => socket.once('close', () => resolve())).then(async () => {
      const how = started === undefined ? undefined : await Promise.race([started, wait(lastWordsMilliseconds)]);
      await tail.close();
      return how ?? 'ended';
    });
  }

  /**
   * Connects to the engine that is there, or starts one. Of several windows that find none, the one that gets the lock does.
   *
   * @throws Error when it cannot be started; the message follows "The engine"
   */
  static async join(place: MeetingPlace, node: NodeChoice, program: string, log: Log): Promise<SharedEngine> {
    const end = performance.now() + startMilliseconds;
    while (performance.now() < end) {
      const there = await greeted(place.address);
      if (there !== undefined) return new SharedEngine(there.socket, there.greeting, undefined, log);
      const lock = await takeLock(place.lock);
      if (lock === undefined) {
        await wait(lookMilliseconds);
        continue;
      }
      try {
        // Between the two looks another may have started it and let go of the lock.
        const other = await greeted(place.address);
        if (other !== undefined) return new SharedEngine(other.socket, other.greeting, undefined, log);
        return await start(place, node, program, end, (socket, greeting, ended) => new SharedEngine(socket, greeting, ended, log), log);
      } finally {
        await lock.release();
      }
    }
    throw new Error(`was not there within ${startMilliseconds / 1000} s.`);
  }

  get input(): Socket {
    return this.socket;
  }

  get output(): Socket {
    return this.socket;
  }

  get pid(): number {
    return this.greeting.processId;
  }

  dispose(): void {
    this.socket.destroy();
  }

  kill(): void {
    // While it is connected the number is that of the engine and of nothing else.
    if (!this.socket.destroyed) killTree(this.pid);
    this.socket.destroy();
  }
}

async function start(
  place: MeetingPlace, node: NodeChoice, program: string, end: number, joined: (socket: Socket, greeting: EngineGreeting, ended: Promise<string>) => SharedEngine, log: Log,
): Promise<SharedEngine> {
  await place.clear();
  const errors = place.newLog();
  const child = await spawnTo(errors, node, program, place.address);
  const ended = endOf(child).then((how) => {
    if (child.pid !== undefined) killTree(child.pid);
    return how;
  });
  let how: string | undefined;
  void ended.then((words) => { how = words; });
  while (hasNotEnded(how) && performance.now() < end) {
    const there = await greeted(place.address);
    if (there !== undefined) return joined(there.socket, there.greeting, ended);
    await wait(lookMilliseconds);
  }
  if (child.pid !== undefined) killTree(child.pid);
  await new LogTail(errors, (line) => log.warn(`Engine: ${line}`)).close();
  throw new Error(how ?? 'was not ready to be spoken to.');
}

/** It is written by others while this waits. */
function hasNotEnded(how: string | undefined): boolean {
  return how === undefined;
}

/** It outlives the window that starts it: neither its streams nor its end keep that one waiting. */
async function spawnTo(log: string, node: NodeChoice, program: string, address: string): Promise<ChildProcess> {
  const file = await open(log, 'w', 0o600);
  try {
    const child = spawnEngine(node, program, [windowsArgument, address, log], ['ignore', file.fd, file.fd]);
    child.unref();
    return child;
  } finally {
    await file.close();
  }
}

/** Connects and waits for the greeting. @returns undefined when nobody is there, or goes before it has greeted */
async function greeted(address: string): Promise<{ socket: Socket; greeting: EngineGreeting } | undefined> {
  const socket = connect(address);
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const give = (greeting: EngineGreeting | undefined) => {
      socket.setTimeout(0).off('timeout', fail).off('error', fail).off('close', fail).off('data', take);
      if (greeting === undefined) socket.destroy();
      resolve(greeting === undefined ? undefined : { socket, greeting });
    };
    const fail = () => give(undefined);
    const take = (data: Buffer) => {
      read = Buffer.concat([read, data]);
      const end = read.indexOf('\n');
      if (end < 0) return;
      socket.pause();
      socket.off('data', take);
      if (read.length > end + 1) socket.unshift(read.subarray(end + 1));
      give(greetingOf(read.toString('utf8', 0, end)));
    };
    // The one error that comes after all has another listener by then, or is of no interest.
    socket.on('error', () => undefined);
    socket.setTimeout(greetingMilliseconds).on('timeout', fail).on('error', fail).on('close', fail).on('data', take);
  });
}

function greetingOf(line: string): EngineGreeting | undefined {
  try {
    const { processId, log } = JSON.parse(line) as Partial<EngineGreeting>;
    return typeof processId === 'number' && typeof log === 'string' ? { processId, log } : undefined;
  } catch {
    return undefined;
  }
}
