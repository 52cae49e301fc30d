import { describeSeeds } from './describe-seeds.ts';

describeSeeds({ from: 101, to: 150 });
