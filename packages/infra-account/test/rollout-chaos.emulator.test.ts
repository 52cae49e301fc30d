import { describeChaos } from './describe-chaos.ts';

describeChaos([
  { first: 1, last: 8, fortunes: ['bad'] },
  { first: 9, last: 48, fortunes: ['good', 'good', 'good', 'good', 'late'] },
]);
