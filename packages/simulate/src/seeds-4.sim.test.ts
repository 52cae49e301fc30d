import { describeSeeds } from './describe-seeds.ts';

describeSeeds({ from: 151, to: 200 });
