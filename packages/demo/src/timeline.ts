import type { JournalEntry, World } from '@golden/emulator';
import { headlineOf } from './headlines.ts';
import type { Expectations } from './expectations.ts';
import type { Narrator } from './narrator.ts';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Draws the run: a bar and the newest lines on a terminal, plain lines elsewhere. */
export class Timeline implements Narrator {
  readonly #world: World;
  readonly #expectations: Expectations;
  readonly #out: Output;
  readonly #quiet: boolean;
  readonly #stop: () => void;
  /** How many resources the template has. */
  readonly #resources: number;
  #bar = '';
  #done = 0;
  #total = 0;

  constructor(
    world: World,
    options: { expectations: Expectations; quiet: boolean; out: Output; resources: number },
  ) {
    this.#world = world;
    this.#expectations = options.expectations;
    this.#out = options.out;
    this.#quiet = options.quiet;
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
    this.#progress(0, 0);
  }

  say(sentence: string): void {
    this.#line(`   ${sentence}`);
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
    const headline = headlineOf(entry);
    if (headline !== undefined && !this.#quiet) this.#line(`${this.#stamp(entry)}  ${headline}`);
    else this.#drawBar();
  }

  #stamp(entry: JournalEntry): string {
    const name = this.#world.directory.get(entry.account)?.name ?? entry.account;
    return `${entry.at.slice(5, 19).replace('T', ' ')}  ${name.padEnd(12)} ${entry.service.padEnd(14)}`;
  }

  /** Stacks and builds tell how far they are: resources made of all, states reached of seven. */
  #count({ service, name, detail }: JournalEntry): void {
    if (
      service === 'cloudformation' &&
      name === 'StackEvent' &&
      detail['status'] === 'CREATE_COMPLETE'
    )
      this.#progress(Math.min(this.#resources, this.#done + 1), this.#resources);
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
      this.#progress(index < 0 ? states.length : index + 1, states.length);
    }
  }

  #progress(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
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
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${this.#done}/${this.#total}  ${new Date(this.#world.scheduler.now).toISOString().slice(0, 19)}`;
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
