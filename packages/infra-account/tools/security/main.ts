import { readFileSync, writeFileSync } from 'node:fs';
import { securitySections, withSections } from './security-page.ts';
import { securityPageFile, synthesizedInfraTemplate } from './files.ts';

/** Writes the generated parts of `docs/security.md` from the synthesized templates. */
const before = readFileSync(securityPageFile, 'utf8');
const after = withSections(before, securitySections(synthesizedInfraTemplate()));
writeFileSync(securityPageFile, after);
console.log(`security: docs/security.md ${after === before ? 'is current' : 'is written anew'}`);
