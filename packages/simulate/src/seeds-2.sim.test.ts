import { describeSeeds } from './describe-seeds.ts';

describeSeeds({ from: 51, to: 100 });
