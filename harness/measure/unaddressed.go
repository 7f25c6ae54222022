package measure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/ledger"
)

// namelessMost bounds the messages that are set aside.
const namelessMost = 1 << 14

// setAside keeps a message of this run that names no recipients, because it lost
// the header. Whose it is, only the intents say.
func (v *survey) setAside(e *ledger.Entry) {
	if len(v.nameless) == namelessMost {
		v.defects.add("more than %d messages name no recipients", namelessMost)
		return
	}
	kept := *e
	kept.Node, kept.Mailbox, kept.Hops = v.words.kept(e.Node), v.words.kept(e.Mailbox), strings.Clone(e.Hops)
	kept.Detail, kept.Enhanced, kept.Foreign = "", "", foreignUnaddressed
	v.nameless = append(v.nameless, kept)
}

// claim reads the intents of the messages that were set aside, and takes each for
// the copy of its mailbox's owner, or for misdelivered if there is none. The
// newest come first: state.sight counts on in the view that it saw last.
func (v *survey) claim(h ledger.Scanner) error {
	if len(v.nameless) == 0 {
		return nil
	}
	addressed, err := v.recipients(h)
	if err != nil {
		return fmt.Errorf("read the intents again: %w", err)
	}
	for _, e := range slices.Backward(v.nameless) {
		account, _, _ := strings.Cut(e.Mailbox, "/")
		i := slices.IndexFunc(addressed[e.Copy.Seq], func(a addressee) bool { return v.rules.owns(account, a.address) })
		if e.Foreign = foreignMisdelivered; i >= 0 {
			e.Foreign, e.Copy.Rcpt = "", addressed[e.Copy.Seq][i].rcpt
		} else {
			v.at(&e).astray++
		}
		v.saw(&e)
		if e.Scan <= v.concluded {
			delete(v.belated, e.Copy)
		}
	}
	return nil
}

// addressee is one recipient of a message.
type addressee struct {
	rcpt    uint16
	address string
}

// recipients are those of the messages that were set aside.
func (v *survey) recipients(h ledger.Scanner) (map[uint32][]addressee, error) {
	asked := map[uint32][]addressee{}
	for _, e := range v.nameless {
		asked[e.Copy.Seq] = nil
	}
	err := ledger.EachOf(h, []ledger.Kind{ledger.Intent}, func(e ledger.Entry) error {
		if all, is := asked[e.Copy.Seq]; is && e.Copy.Stream == ledger.StreamWorkload {
			asked[e.Copy.Seq] = append(all, addressee{e.Copy.Rcpt, v.words.kept(e.Detail)})
		}
		return nil
	})
	return asked, err
}
