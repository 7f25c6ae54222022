// Package identity gives every message of a run a token and a body that proves
// itself, and finds both again.
//
// A [Token] names one message. Its printed form carries a MAC under the run's
// [Key], so that a message of this run, of another run and of somebody else are
// told apart. [Key.Render] puts the token into every place that some component
// of a mail system keeps: Message-ID, X-Drill-Token, Subject, each body line and
// the envelope sender (VERP). [Key.Inspect] reads a message back, says whether its
// headers, each line and the whole are what was sent, and lists the hops it took.
package identity
