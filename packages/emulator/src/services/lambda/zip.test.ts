import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedZip, makeZip, readZip } from './zip.ts';

describe('zip archives', () => {
  it('give back the files that went in', () => {
    const file = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.js$/);
    fc.assert(
      fc.property(fc.dictionary(file, fc.string({ unit: 'grapheme', maxLength: 200 })), (files) => {
        const read = readZip(makeZip(files));
        expect(
          Object.fromEntries([...read].map(([name, content]) => [name, content.toString()])),
        ).toEqual(files);
      }),
    );
  });

  it('are the same for the same files', () => {
    expect(makeZip({ 'a.js': '1' }).equals(makeZip({ 'a.js': '1' }))).toBe(true);
  });

  it('are refused when they are damaged', () => {
    const archive = makeZip({ 'index.js': 'exports.handler = async () => 1;'.repeat(50) });
    const damaged = Buffer.from(archive);
    damaged[45] = damaged[45]! ^ 0xff;
    expect(() => readZip(damaged)).toThrow(MalformedZip);
    expect(() => readZip(archive.subarray(0, 40))).toThrow(MalformedZip);
    expect(() => readZip(Buffer.from('no archive at all, just some text'))).toThrow(MalformedZip);
  });
});
