import { describeSeeds } from './describe-seeds.ts';

describeSeeds({ from: 1, to: 50 });
