import type { ImageContents } from './contents.ts';
import { FileTree } from './file-tree.ts';

/** A running system: what an image became after it booted and scripts ran on it. */
export interface System {
  /** A snapshot of the present contents, as an image of this system would hold them. */
  readonly contents: ImageContents;
}

/** `activating` is a unit that its own restart setting keeps trying. */
export type ActiveState = 'active' | 'inactive' | 'failed' | 'activating';

export interface BootReport {
  /** The units that could not start, with what systemd would say. */
  readonly failures: readonly { readonly unit: string; readonly reason: string }[];
  readonly userData?: UserDataReport;
}

export interface UserDataReport {
  readonly ran: boolean;
  /** Why it did not run. */
  readonly reason?: string;
  readonly exitCode?: number;
  readonly output?: string;
  /** It waits for something that waits for it, so that boot never ends. */
  readonly stuck?: boolean;
}

/** The instant at which a system starts unless its caller says otherwise. */
const defaultStart = Date.UTC(2026, 0, 1);

export class RunningSystem implements System {
  readonly tree: FileTree;
  readonly architecture: 'x86_64' | 'arm64';
  readonly active = new Map<string, ActiveState>();
  /** Seconds since the system started. */
  seconds = 0;
  readonly startedAt: number;
  /** While user data runs, units that are ordered after it cannot start. */
  runsUserData = false;
  report: BootReport = { failures: [] };

  constructor(contents: ImageContents, startedAt = defaultStart) {
    this.startedAt = startedAt;
    this.architecture = contents.base.architecture;
    this.tree = new FileTree(contents, startedAt);
  }

  get contents(): ImageContents {
    return this.tree.snapshot();
  }

  get now(): number {
    return this.startedAt + this.seconds * 1000;
  }

  pass(seconds: number): void {
    this.seconds += seconds;
    this.tree.now = this.now;
  }
}

export function running(system: System): RunningSystem {
  if (!(system instanceof RunningSystem)) throw new Error('this system was not made by bootSystem');
  return system;
}
