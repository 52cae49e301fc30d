// Every template, in one process. The infra template carries the workload template, which therefore comes first.
import '../packages/workload-account/bin/synth.ts';
import '../packages/infra-account/bin/synth.ts';
