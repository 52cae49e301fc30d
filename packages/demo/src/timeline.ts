import type { JournalEntry, World } from '@golden/emulator';
import { headlineOf } from './headlines.ts';
import type { Expectations } from './expectations.ts';
import type { Narrator } from './narrator.ts';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Draws the run: a bar and the newest lines on a terminal, plain lines elsewhere. */
export class Timeline implements Narrator {
  readonly #world: World;
  readonly #expectations: Expectations;
  readonly #out: Output;
  /** `quiet`: no headline at all; `verbose`: also what happens between them. */
  readonly #detail: 'quiet' | 'usual' | 'verbose';
  readonly #stop: () => void;
  /** How many resources the template has. */
  readonly #resources: number;
  #isFleetShown = false;
  #bar = '';
  #done = 0;
  #total = 0;

  constructor(
    world: World,
    options: {
      expectations: Expectations;
      detail: 'quiet' | 'usual' | 'verbose';
      out: Output;
      resources: number;
    },
  ) {
    this.#world = world;
    this.#expectations = options.expectations;
    this.#out = options.out;
    this.#detail = options.detail;
    this.#resources = options.resources;
    this.#stop = world.journal.onEntry((entry) => {
      this.#show(entry);
    });
  }

  end(): void {
    this.#stop();
    this.#clearBar();
  }

  chapter(title: string): void {
    this.#line(`\n== ${title}`);
  }

  say(sentence: string): void {
    this.#line(`   ${sentence}`.trimEnd());
  }

  progress(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
    this.#drawBar();
  }

  fleet(isShown: boolean): void {
    this.#isFleetShown = isShown;
  }

  checked(): void {
    const last = this.#expectations.all.at(-1);
    if (!last) return;
    this.#line(
      last.held ? `   held    ${last.promise}` : `   BROKEN  ${last.promise}: ${last.seen ?? ''}`,
    );
  }

  #show(entry: JournalEntry): void {
    this.#count(entry);
    const shown = { fleet: this.#isFleetShown, details: this.#detail === 'verbose' };
    const headline = this.#detail === 'quiet' ? undefined : headlineOf(entry, shown);
    if (headline === undefined) this.#drawBar();
    else this.#line(`   ${this.#stamp(entry)}  ${headline}`);
  }

  #stamp(entry: JournalEntry): string {
    const name = this.#world.directory.get(entry.account)?.name ?? entry.account;
    return `${entry.at.slice(11, 16)}  ${name}`.padEnd(22);
  }

  /** The stack and builds tell how far they are: resources made of all, states reached of seven. */
  #count({ service, name, detail }: JournalEntry): void {
    if (
      service === 'cloudformation' &&
      name === 'StackEvent' &&
      detail['status'] === 'CREATE_COMPLETE'
    )
      this.progress(Math.min(this.#resources, this.#done + 1), this.#resources);
    if (service === 'imagebuilder' && name === 'image-state') {
      const states = [
        'PENDING',
        'CREATING',
        'BUILDING',
        'TESTING',
        'DISTRIBUTING',
        'INTEGRATING',
        'AVAILABLE',
      ];
      const index = states.indexOf(String(detail['status']));
      this.progress(index < 0 ? states.length : index + 1, states.length);
    }
  }

  #line(line: string): void {
    this.#clearBar();
    this.#out.write(`${line}\n`);
    this.#drawBar();
  }

  #drawBar(): void {
    if (this.#out.isTTY !== true || this.#total === 0) return;
    const width = 30;
    const filled = Math.round((this.#done / this.#total) * width);
    const time = new Date(this.#world.scheduler.now).toISOString().slice(0, 16).replace('T', ' ');
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${this.#done}/${this.#total}  ${time}`;
    if (bar === this.#bar) return;
    this.#clearBar();
    this.#bar = bar;
    this.#out.write(bar);
  }

  #clearBar(): void {
    if (this.#bar === '') return;
    this.#out.write('\r\u001b[2K');
    this.#bar = '';
  }
}
