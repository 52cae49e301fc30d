import { describeChaos } from './describe-chaos.ts';

describeChaos([
  { first: 49, last: 74, fortunes: ['good', 'good', 'good', 'good', 'good', 'late'] },
  { first: 75, last: 100, fortunes: ['good'] },
]);
