/** What goes wrong around the command and is no defect of it: its message says what to do. */
export class ExpectedFailure extends Error {
  override readonly name = 'ExpectedFailure';
}
