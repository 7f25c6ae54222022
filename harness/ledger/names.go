package ledger

import "strconv"

// Names of the numbers that mean something, as people and JSON read them.
var (
	kindNames = map[int64]string{
		int64(Unsent): "unsent", int64(Intent): "intent", int64(Try): "try", int64(Outcome): "outcome",
		int64(Seen): "seen", int64(Queued): "queued", int64(Notified): "notified", int64(Withdrawn): "withdrawn",
		int64(Planted): "planted", int64(Raw): "raw",
	}
	streamNames = map[int64]string{int64(StreamProbe): "probe", int64(StreamSentinel): "sentinel"}

	verdictNames = map[int64]string{
		int64(Accepted): "accepted", int64(RejectedTemporary): "rejected_temporary", int64(RejectedPermanent): "rejected_permanent",
		int64(Indeterminate): "indeterminate", int64(NotAttempted): "not_attempted",
	}
	phaseNames = map[int64]string{
		int64(PhaseResolve): "resolve", int64(PhaseConnect): "connect", int64(PhaseGreeting): "greeting", int64(PhaseHello): "hello",
		int64(PhaseTLS): "tls", int64(PhaseAuth): "auth", int64(PhaseMail): "mail", int64(PhaseRcpt): "rcpt", int64(PhaseData): "data",
		int64(PhaseContent): "content", int64(PhaseReply): "reply", int64(PhaseDone): "done",
	}
	integrityNames = map[int64]string{int64(Intact): "intact", int64(Damaged): "damaged"}
)

// String is the name of a kind; of one that a later version has added, its number.
func (k Kind) String() string {
	if name, ok := kindNames[int64(k)]; ok {
		return name
	}
	return strconv.Itoa(int(k))
}
